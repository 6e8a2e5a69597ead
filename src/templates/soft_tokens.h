// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "templates/rendered.h"
#include "templates/template.h"

namespace dovetail {

// The tokens that a prompt slot stands for. `position` counts the tokens that are numbered
// throughout the source (parts pt and pcom); it starts at 0.
std::vector<SoftToken> tokens_of_slot(const BoundTemplate& tmpl, const TemplateShape& shape,
                                      const RelationWords& relation, Slot slot, int64_t& position);

// The soft token of a word of the task's cloze.
SoftToken cloze_token(const TaskData& task, const std::string& word);

// All soft tokens that the task needs under the template, in order of first use. In a task of
// several relations each relation has its own tokens; shared tokens are listed once.
std::vector<SoftToken> soft_tokens_of(const BoundTemplate& tmpl, const TaskData& task);

}  // namespace dovetail
