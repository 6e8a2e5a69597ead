// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/task.h"
#include "templates/template.h"

namespace dovetail {

// An example as the conversation that a chat template (BoundTemplate::chat) writes, whose last turn
// is the assistant's and says `reference`. An example without turns of its own is one exchange: the
// user says what template `mapping` prints as the source, the assistant its target.
std::vector<Turn> conversation_of(const BoundTemplate& tmpl, const TaskData& task,
                                  const Example& example, const std::string& reference);

// All of it that comes before the answer, with the header of the answer.
std::string chat_source(const BoundTemplate& tmpl, const TaskData& task, const Example& example,
                        const std::string& reference);

}  // namespace dovetail
