// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// The answers that a decision is shown with: those of the first finished cell of the choice to use
// (of the highest mean, where that is a baseline or nothing), at most three with the highest scores
// and three with the lowest. Long texts are cut.
ShownExamples shown_examples(const Analysis& analysis, const Decision& decision,
                             const TestExamples& examples);

// A table with a heading; "" without answers.
std::string shown_examples_html(const ShownExamples& shown);

}  // namespace dovetail
