// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "examples/task.h"
#include "templates/template.h"
#include "text/vocabulary.h"
#include "tuning/prompt_places.h"

namespace dovetail {

// Where a template with soft tokens puts them in the sources of a task: what the sources of its
// first examples have in common. Empty where the tokens differ from source to source (each relation
// has its own), or the input is in several pieces between them.
std::vector<SourcePart> rendered_places(const BoundTemplate& tmpl, const TaskData& task,
                                        const Vocabulary& vocabulary);

}  // namespace dovetail
