// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/regret.h"

// Choices of selectors in words, the same in the report and in advice.
namespace dovetail {

// "confidence 0.93", or that there are too few examples for one; "" for a rule without a measure.
std::string confidence_text(const Selection& selection);

// "choose prefix_lm · prompting (confidence 0.93): REASON"
std::string selection_text(const Selection& selection);

// The choice for one task and the regret of following it: two sentences at most.
std::string explain(const SelectorCase& found);

}  // namespace dovetail
