// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "templates/rendered.h"
#include "templates/template.h"

namespace dovetail {

// Why the template cannot print the task, as a sentence; "" when it can. It may ask for choices or
// labels that the task lacks, or for a phrase that its verbalizer lacks.
std::string misfit(const BoundTemplate& tmpl, const TaskData& task);

// An example as the model sees it, with `reference` as the right answer. In a task of several
// relations the source names its own: "xNeed: PersonX goes". ConfigError with misfit()'s sentence.
Rendered render(const BoundTemplate& tmpl, const TaskData& task, const Example& example,
                const std::string& reference);

// The target if choice (or label) number `choice`, from 0 on, were the right one. Used to compare
// choices by likelihood.
std::string target_for_choice(const BoundTemplate& tmpl, const TaskData& task,
                              const Example& example, int64_t choice);

}  // namespace dovetail
