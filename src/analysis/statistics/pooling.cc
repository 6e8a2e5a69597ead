// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/pooling.h"

#include <algorithm>

#include "base/error.h"

namespace dovetail {

Spread within_spread(const Variance& variance) {
  return spread_of(variance, variance.known ? "examples and runs" : "examples");
}

Spread spread_over_tasks(const std::vector<double>& effects, const Variance& within) {
  return effects.size() >= kFewestTasks ? skewed_sample_spread(effects, "tasks")
                                        : within_spread(within);
}

PooledEffect pool_estimates(const std::vector<Estimate>& tasks, double confidence) {
  DOVETAIL_CHECK(!tasks.empty());
  const double share = 1 / static_cast<double>(tasks.size());
  std::vector<double> effects;
  Variance within;
  EffectTest test;
  for (const Estimate& task : tasks) {
    effects.push_back(task.mean);
    test.mean += share * task.mean;
    const double error = share * task.standard_error;
    within = within + Variance::of(error * error, std::max(1.0, task.degrees));
    within.known = within.known && task.runs_known;
  }
  test.spreads = {spread_over_tasks(effects, within)};
  PooledEffect pooled;
  pooled.estimate = test.interval(confidence);
  pooled.estimate.runs_known = within.known;
  pooled.tasks = std::ssize(tasks);
  pooled.tasks_drawn = tasks.size() >= kFewestTasks;
  pooled.p_value = test.p_value(0);
  return pooled;
}

}  // namespace dovetail
