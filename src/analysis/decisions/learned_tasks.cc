// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/learned_tasks.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "analysis/statistics/metric_direction.h"

namespace dovetail {

namespace {

constexpr double kBound = 1.96;  // standard errors

// Scores are signed so that more is better.
struct Screen {
  std::vector<double> baselines;  // mean scores
  std::vector<double> tuned;      // lower bounds of validation means
  bool without_validation = false;
};

void add_baseline(Screen& screen, const CellGroup& group, const std::string& metric, double sign) {
  if (const auto validation = validation_score(group, metric)) {
    screen.baselines.push_back(sign * validation->mean);
  } else if (const Scores test = scores_of(group, metric); test.num_items() > 0) {
    screen.baselines.push_back(sign * test.mean());
  }
}

void add_tuned(Screen& screen, const CellGroup& group, const std::string& metric, double sign) {
  if (const auto score = validation_score(group, metric)) {
    screen.tuned.push_back(sign * score->mean - kBound * score->standard_error);
  } else if (group.count(CellState::finished) > 0) {
    screen.without_validation = true;
  }
}

}  // namespace

std::set<TaskAndSize> not_learned(const std::string& metric, const Plan& plan,
                                  const std::vector<CellGroup>& groups,
                                  const DecisionOptions& options) {
  std::map<TaskAndSize, Screen> screens;  // at "": baselines that no amount of data changes
  for (const CellGroup& group : groups) {
    if (group.task.empty()) continue;
    const std::string screened =
        metric == "loss" ? metric : main_metric_of(group.task, plan, options);
    const double sign = higher_is_better(plan, screened) ? 1 : -1;
    Screen& screen = screens[{group.task, group.train_size}];
    group.baseline.empty() ? add_tuned(screen, group, screened, sign)
                           : add_baseline(screen, group, screened, sign);
  }
  std::set<TaskAndSize> found;
  for (auto& [at, screen] : screens) {
    if (const auto always = screens.find({at.first, ""});
        !at.second.empty() && always != screens.end())
      std::ranges::copy(always->second.baselines, std::back_inserter(screen.baselines));
    if (screen.without_validation || screen.tuned.empty() || screen.baselines.empty()) continue;
    if (std::ranges::max(screen.tuned) <= std::ranges::max(screen.baselines)) found.insert(at);
  }
  return found;
}

}  // namespace dovetail
