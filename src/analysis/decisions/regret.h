// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/selectors/selectors.h"
#include "analysis/statistics/pooling.h"

// The score lost by following a selector instead of running the whole grid.
//
// A case is a task at one train size and tuning. Its regret is what the truly best cell is expected
// to score (analysis/statistics/expected_best.h), minus the score of the cells that the selector
// names, paired by example and seed. An axis left to chance is averaged over. A single regret may
// be below 0, by the luck of the cells; their mean is not, beyond noise. Regrets of a
// task's cases are averaged, then pooled over tasks (analysis/statistics/pooling.h). Selectors that
// learn from results see those of other tasks only.
namespace dovetail {

struct SelectorCase {
  std::string task, train_size, tuning, metric;
  Selection selection;
  // The members below are set only if selection.absent is "".
  bool is_best = false;  // it names exactly the cells with the highest mean
  Candidate best;
  Estimate score;         // of the chosen cells, as measured
  double best_score = 0;  // what the truly best cell is expected to score
  Estimate regret;
};

// Over the tasks on which a selector chose something that the sweep has.
struct SelectorSummary {
  PooledEffect regret;
  double score = 0, best_score = 0;  // means over tasks
  double examples = 0;               // labelled examples of the task that it read, mean over tasks
  // By baseline: the baseline's regret minus this one's. Above 0, the selector is better. The
  // p-values of all that are no baselines themselves are corrected as one family (Holm 1979).
  std::map<std::string, PooledEffect> against;
  // By baseline: the score of this one's choice, minus that of the baseline's choice where it is
  // trained on the labels that this one read besides. Where the sweep has such a training size.
  std::map<std::string, PooledEffect> at_equal_labels;
  int64_t cases = 0, times_best = 0;
  double chance_of_best = 0;  // chance level of times_best: the mean of 1 / candidates
};

struct SelectorResult {
  const Selector* selector = nullptr;
  std::vector<SelectorCase> cases;  // a task, train size and tuning each, in the sweep's order
  std::optional<SelectorSummary> summary;  // none if it chose nowhere
};

// A result for each selector of the catalogue. Empty if no task has two complete choices.
std::vector<SelectorResult> score_selectors(const Plan& plan, const std::vector<CellGroup>& groups,
                                            const std::vector<Probe>& probes,
                                            const DecisionOptions& options = {});

struct NamedSelection {
  const Selector* selector = nullptr;
  Selection selection;
};

// A task that the sweep has not run, or whose results are held out.
struct UnseenCase {
  std::string label;               // the task of the sweep to leave out; "" leaves out none
  std::vector<Probe> probes;       // of its examples; Probe::task is ignored
  Json facts;                      // as Plan::task_facts
  std::string train_size, tuning;  // labels of the results to learn from
};

// The choice of each selector for such a task.
std::vector<NamedSelection> select_for_unseen(const Plan& plan,
                                              const std::vector<CellGroup>& groups,
                                              const std::vector<Probe>& swept_probes,
                                              const UnseenCase& unseen,
                                              const DecisionOptions& options = {});

}  // namespace dovetail
