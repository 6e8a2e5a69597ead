// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/statistics/pooling.h"

// Claims of a sweep file (sweep/claims_section.h), judged by its cells.
//
// Cells of both sides are paired: same task, same test examples, same seeds, same labels on every
// axis that the sides do not name. A task's effect is the mean over its pairs, seeds and examples,
// with the interval of analysis/statistics/statistics.h. The claim's effect is the mean over its
// tasks (analysis/statistics/pooling.h). If less of a metric is better, the sign is changed: a
// positive effect always supports the claim. A failed cell counts as absent, never as a score of 0.
namespace dovetail {

// holds: the interval lies above at_least. does_not_hold: below it. undecided: around it.
// not_run: cells have not run yet, a task has no pair of finished cells, or the sweep has no pair
// at all.
enum class ClaimVerdict { holds, does_not_hold, undecided, not_run };
std::string to_string(ClaimVerdict verdict);

// Scores of both sides as measured, without any change of sign.
struct SideScores {
  double better = 0, worse = 0;
  std::optional<double> reference_better, reference_worse;  // only with more_than

  // Gain as a share of the score of `worse`, signed as the effect; none if that is not above 0.
  std::optional<double> relative(bool higher_is_better) const;
};

struct ClaimOnTask {
  std::string task;
  Estimate effect;  // items: test examples
  SideScores scores;
  int64_t pairs = 0;  // comparisons with both sides
};

struct ClaimResult {
  Claim claim;
  std::string metric;
  bool higher_is_better = true;
  ClaimVerdict verdict = ClaimVerdict::not_run;
  std::string reason;              // why not_run; else ""
  std::vector<ClaimOnTask> tasks;  // those with a pair of finished cells; where not_run: so far
  PooledEffect effect;             // means something where `tasks` is not empty
  SideScores scores;               // mean over `tasks`
  double p_holm = 1;               // over all claims of the sweep that could be judged
  int64_t cells = 0, cells_failed = 0, cells_missing = 0;
  int64_t seeds = 0, examples = 0, pairs = 0;
  // The cells the claim needs and lacks: "NAME: failed, REASON" or "NAME: not run".
  std::vector<std::string> unusable;
};

// A result for each claim and each of its metrics, in the order of the sweep file.
std::vector<ClaimResult> judge_claims(const Plan& plan, const std::vector<CellGroup>& groups,
                                      const DecisionOptions& options = {});

}  // namespace dovetail
