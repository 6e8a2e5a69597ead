// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "templates/template.h"

namespace dovetail {

// The right answers under this template: the example's references, or the relation's phrase where
// the template asks for the relation (part rel_mask).
std::vector<std::string> references_of(const BoundTemplate& tmpl, const TaskData& task,
                                       const Example& example);

// The answer in a generated text, in the form of references_of, so that the accuracies of different
// template families can be compared. Sentinels are removed, and "choice2" becomes the text of that
// choice. A generated text with two parts (MCP: text and label) is read by its text if that is one
// of the choices, else by its label.
std::string answer_of(const BoundTemplate& tmpl, const TaskData& task, const Example& example,
                      const std::string& generated);

}  // namespace dovetail
