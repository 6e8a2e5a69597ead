// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics/effect_test.h"

// One effect, measured on several tasks, each of which counts alike.
namespace dovetail {

// With so many tasks or more the tasks are a draw from many: what examples and runs do to a task's
// mean shows in the spread between tasks, which may be skewed. With fewer they stay as they are,
// and what is said holds for these tasks alone.
inline constexpr size_t kFewestTasks = 5;

// What examples and runs would change of an estimate: its spread, named for what it holds.
Spread within_spread(const Variance& variance);

// The spread of the mean over the tasks: `effects` has one a task, and `within` is the variance of
// their mean by examples and runs.
Spread spread_over_tasks(const std::vector<double>& effects, const Variance& within);

struct PooledEffect {
  Estimate estimate;  // items and seeds are left 0: the tasks have their own
  int64_t tasks = 0;
  bool tasks_drawn = false;  // false: the interval holds for these tasks alone
  double p_value = 1;        // two-sided, of the effect being 0
};

// Of what each task says; `tasks` is not empty.
PooledEffect pool_estimates(const std::vector<Estimate>& tasks, double confidence = 0.95);

}  // namespace dovetail
