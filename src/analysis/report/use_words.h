// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/decisions.h"

// What to use, in words. Page, terminal, advice and decision.json all print use_text().
namespace dovetail {

// "prefix_lm · mapping · full", "baseline: most_frequent", or, where nothing can be recommended,
// "Nothing works yet" or "Cannot be told yet".
std::string use_text(const Decision& decision);

// "exact match 0.262": the score to expect of the choice to use; without one that of the highest
// mean.
std::string use_score_text(const Decision& decision);

// What else to know, in a few words for a table: the highest mean where that is not used, and what
// is cheaper. May be "".
std::string use_note(const Decision& decision);

// The advice as sentences: the choice to use, why, and what would help.
std::string explain(const Decision& decision);

}  // namespace dovetail
