// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/learned_tasks.h"

#include <algorithm>
#include <map>

#include "analysis/statistics/metric_direction.h"

namespace dovetail {

namespace {

constexpr double kBound = 1.96;  // standard errors

// Of one task; scores are signed so that more is better.
struct Screen {
  std::vector<double> baselines;  // mean scores
  std::vector<double> tuned;      // lower bounds of validation means
  bool without_validation = false;
};

}  // namespace

std::set<std::string> tasks_not_learned(const Plan& plan, const std::vector<CellGroup>& groups,
                                        const DecisionOptions& options) {
  std::map<std::string, Screen> screens;
  for (const CellGroup& group : groups) {
    if (group.task.empty()) continue;
    const std::string metric = main_metric_of(group.task, plan, options);
    const double sign = higher_is_better(plan, metric) ? 1 : -1;
    Screen& screen = screens[group.task];
    if (!group.baseline.empty()) {
      const Scores scores = scores_of(group, metric);
      if (scores.num_items() > 0) screen.baselines.push_back(sign * scores.mean());
    } else if (const auto score = validation_score(group, metric)) {
      screen.tuned.push_back(sign * score->mean - kBound * score->standard_error);
    } else if (group.count(CellState::finished) > 0) {
      screen.without_validation = true;
    }
  }
  std::set<std::string> found;
  for (const auto& [task, screen] : screens) {
    if (screen.without_validation || screen.tuned.empty() || screen.baselines.empty()) continue;
    if (std::ranges::max(screen.tuned) <= std::ranges::max(screen.baselines)) found.insert(task);
  }
  return found;
}

}  // namespace dovetail
