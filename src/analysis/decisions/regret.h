// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/statistics/pooling.h"
#include "analysis/selectors/selectors.h"

// How much is lost by following a selector instead of running the whole grid.
//
// A case is a task at one train size and tuning. Its regret is the score of the best cells,
// cross-fitted (analysis/statistics/cross_fit.h: the best of many is not flattered), minus the score of the
// cells that the selector names, on the same resampled examples and seeds; an axis that it leaves
// to chance is averaged over. A regret below 0 means that the grid's winner on one half of the
// examples does worse on the other half than what was chosen without looking. Regrets of a task's
// cases are averaged, then pooled over tasks (analysis/statistics/pooling.h). Selectors that learn from
// results see those of other tasks only.
namespace dovetail {

struct SelectorCase {
  std::string task, train_size, tuning, metric;
  Selection selection;
  // What follows is set where selection.absent is "".
  bool is_best = false;  // it names the very cells that have the highest mean
  Candidate best;
  Estimate score;         // of what it chose, as measured
  double best_score = 0;  // cross-fitted
  Estimate regret;
};

// Over the tasks on which a selector chose something that the sweep has.
struct SelectorSummary {
  PooledEffect regret;
  double score = 0, best_score = 0;  // means over tasks
  double examples = 0;               // labelled ones of the task that it looked at, a mean too
  std::map<std::string, PooledEffect>
      against;  // by baseline: its regret minus this one's; above 0: better than it
  int64_t cases = 0, times_best = 0;
  double chance_of_best = 0;  // of a blind choice of one cell: the mean of 1 / candidates
};

struct SelectorResult {
  const Selector* selector = nullptr;
  std::vector<SelectorCase> cases;  // a task, train size and tuning each, in the sweep's order
  std::optional<SelectorSummary> summary;  // none where it chose nowhere
};

// A result for each selector of the catalogue. Empty where no task has two choices that are
// complete.
std::vector<SelectorResult> score_selectors(const Plan& plan, const std::vector<CellGroup>& groups,
                                            const std::vector<Probe>& probes,
                                            const DecisionOptions& options = {});

struct NamedSelection {
  const Selector* selector = nullptr;
  Selection selection;
};

// A task that the sweep has not run, or is not to look at.
struct UnseenCase {
  std::string label;               // a task of the sweep with this label is left out; "": none is
  std::vector<Probe> probes;       // of the examples; Probe::task is not looked at
  Json facts;                      // as Plan::task_facts
  std::string train_size, tuning;  // labels: of the results to learn from
};

// What each selector says of it.
std::vector<NamedSelection> select_for_unseen(const Plan& plan,
                                              const std::vector<CellGroup>& groups,
                                              const std::vector<Probe>& swept_probes,
                                              const UnseenCase& unseen,
                                              const DecisionOptions& options = {});

}  // namespace dovetail
