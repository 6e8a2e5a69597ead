// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/decisions/claim_family.h"
#include "analysis/decisions/decisions.h"
#include "analysis/statistics/pooling.h"

// Claims of a sweep file (sweep/claims_section.h), judged by its cells.
//
// Cells of both sides are paired: same task, same test examples, same seeds, same labels on every
// axis that the sides do not name. A task's effect is the mean over its pairs, seeds and examples;
// the claim's effect is the mean over its tasks (claim_effect.h). If less of a metric is better,
// the sign is changed: a positive effect always supports the claim. A failed cell counts as absent,
// never as a score of 0. Verdicts are corrected for the claim's family (claim_family.h).
namespace dovetail {

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

// One pair of a claim whose pairs must all hold, each apart.
struct ClaimApart {
  std::string label;
  Estimate effect;
  SideScores scores;
  double p_value = 1;  // two-sided, of the effect being at_least
};

// When the claim was registered in the journal (claim_registration.h).
struct ClaimRegistered {
  std::string at;  // "2026-11-29 03:10:25 UTC"
  std::string hash;
  int64_t results_before = 0;  // of the claim's cells, those with a result at that time
  int64_t earlier_forms = 0;   // of the claim, by its name
};

struct ClaimResult {
  Claim claim;
  std::string metric;
  bool higher_is_better = true;
  ClaimVerdict verdict = ClaimVerdict::not_run;
  std::string reason;              // why not_run or borderline; else ""
  std::vector<ClaimOnTask> tasks;  // those with a pair of finished cells; where not_run: so far
  std::vector<std::string> not_learned;  // tasks that judge nothing (learned_tasks.h)
  PooledEffect effect;                   // means something where `tasks` is not empty
  SideScores scores;                     // mean over `tasks`
  std::vector<ClaimApart> apart;         // of a claim whose pairs must each hold

  std::string family;              // its name: the sweep's, unless the claim names another
  int64_t family_size = 1;         // verdicts in the family, those of other sweep files too
  double p_holm = 1;               // corrected for the family
  std::optional<double> p_beyond;  // of the effect being the margin or more, corrected as well
  // The smallest effect (beyond at_least) that so much evidence finds at the family's level in 80
  // of 100 sweeps. None where not_run.
  std::optional<double> detectable;

  bool about_starts = false;     // the sides, or more_than, name an objective or an adaptation
  int64_t pretraining_runs = 0;  // of a claim about starts: behind each start

  int64_t cells = 0, cells_failed = 0, cells_missing = 0;
  int64_t seeds = 0, examples = 0, pairs = 0;
  // The cells the claim needs and lacks: "NAME: failed, REASON" or "NAME: not run".
  std::vector<std::string> unusable;
  std::vector<std::string> jobs;  // keys of the records that judge it
  std::optional<ClaimRegistered> registered;
};

// The chance with which ClaimResult::detectable is found.
inline constexpr double kPower = 0.8;

// A result for each claim and each of its metrics, in the order of the sweep file. Nothing is
// drawn, but for the halves of the examples behind "best_other": such a claim is judged under
// several cuts, and is borderline if they disagree.
std::vector<ClaimResult> judge_claims(const Plan& plan, const std::vector<CellGroup>& groups,
                                      const DecisionOptions& options = {});

}  // namespace dovetail
