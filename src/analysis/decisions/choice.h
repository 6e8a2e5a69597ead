// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/statistics/cell_groups.h"
#include "analysis/statistics/statistics.h"

namespace dovetail {

// A cell group or baseline that a decision names.
struct Choice {
  std::string baseline, objective, adaptation, template_name, tuning;
  std::string start;  // CellGroup::start()
  std::string text;   // CellGroup::choice()
  std::vector<std::string> cells;
  Estimate score;  // plain mean on all test examples
  GroupCost cost;
  double declared_seconds = 0;  // declared_cost()
};

// Why a decision says what it says. near_zero and too_few_examples name no choice.
//
// measurable_gain: the best cells measurably beat random start and every baseline.
// baseline_is_better: a baseline measurably beats the best cells; of those there are, the best.
// nothing_to_compare: the best cells; neither random start nor a baseline has been scored.
// highest_mean: no measurable difference, and nothing cheaper to take.
// as_good_and_cheaper: the cheapest choice that is as good within the margin of equivalence.
// near_zero: nothing that was compared scores kNearZero.
// too_few_examples: a cheaper choice is neither measurably worse nor as good for certain.
// one_run: the best mean; nothing is measured with one run of each cell.
enum class UseReason {
  measurable_gain,
  baseline_is_better,
  nothing_to_compare,
  highest_mean,
  as_good_and_cheaper,
  near_zero,
  too_few_examples,
  one_run
};
std::string to_string(UseReason reason);

// Scores below this are no use to anybody, whoever has the highest of them.
inline constexpr double kNearZero = 0.05;

// What to use: the one answer of page, terminal, advice and decision.json.
struct Use {
  std::optional<Choice> choice;  // none: nothing can be recommended
  UseReason reason = UseReason::nothing_to_compare;
  // The score to expect of `choice`; without a choice that of the highest mean.
  Estimate score;
  // as_good_and_cheaper: the highest mean's lead over the choice.
  Estimate lead;
  double margin = 0;  // of equivalence, in this metric
  // Without a measurable difference: the true lead that these examples and runs would have shown
  // over each of what was compared, in four of five sweeps.
  std::optional<double> detectable;
  double highest = 0;  // the highest score of all that was compared
  // The test examples at which the highest mean's lead over `needed_against` would be measurable if
  // it stayed as large and the interval shrank with the root of their number, at least: more
  // examples do not narrow the part of the interval that comes from seeds. None for a lead that is
  // measurable, or that is not above 0.
  std::optional<int64_t> examples_needed;
  std::string needed_against;  // Comparison::label
};

}  // namespace dovetail
