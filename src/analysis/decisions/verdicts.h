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
// with the interval of analysis/statistics/statistics.h; the claim's is the mean over its tasks
// (analysis/statistics/pooling.h). Where less of a metric is better (Plan::lower_is_better) the sign is
// turned: a positive effect always speaks for the claim. A cell that failed counts as absent, never
// as a score of 0.
namespace dovetail {

// holds: the interval lies above at_least. does_not_hold: below it. undecided: around it.
// not_run: cells have not run yet, a task has no pair of finished cells, or the sweep has no pair
// at all.
enum class ClaimVerdict { holds, does_not_hold, undecided, not_run };
std::string to_string(ClaimVerdict verdict);

// Scores of both sides, as measured (no sign turned), and what their difference comes to.
struct SideScores {
  double better = 0, worse = 0;
  std::optional<double> better_there, worse_there;  // of more_than

  // Gain as a share of the score of `worse`, signed as the effect; none where that is not above 0.
  std::optional<double> relative(bool lower_is_better) const;
};

struct ClaimOnTask {
  std::string task;
  Estimate effect;  // items: test examples
  SideScores scores;
  int64_t pairs = 0;  // places where both sides could be compared
};

struct ClaimResult {
  Claim claim;
  std::string metric;
  bool lower_is_better = false;
  ClaimVerdict verdict = ClaimVerdict::not_run;
  std::string reason;              // why not_run; else ""
  std::vector<ClaimOnTask> tasks;  // those with a pair of finished cells; where not_run: so far
  PooledEffect effect;             // means something where `tasks` is not empty
  SideScores scores;               // mean over `tasks`
  double p_holm = 1;               // over all claims of the sweep that could be judged
  int64_t cells = 0, cells_failed = 0, cells_missing = 0;
  int64_t seeds = 0, examples = 0, pairs = 0;
  std::vector<std::string>
      unusable;  // "NAME: failed, REASON", of cells that the claim needs and has not
};

// A result for each claim and each of its metrics, in the order of the sweep file.
std::vector<ClaimResult> judge_claims(const Plan& plan, const std::vector<CellGroup>& groups,
                                      const DecisionOptions& options = {});

}  // namespace dovetail
