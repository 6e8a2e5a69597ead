// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "analysis/statistics/statistics.h"

// One effect, measured on several tasks.
//
// Every task counts alike. The tasks of a benchmark are a choice too, so with
// kFewestTasks or more of them a resample draws the tasks with replacement, each with its own mean
// (resampling clusters whole: Davison and Hinkley 1997, "Bootstrap Methods and their Application",
// sec. 3.8, who find that drawing within the clusters once more overstates the spread; what
// examples and seeds do to a task's mean shows in the spread between tasks). Few tasks make a
// percentile interval too narrow, so its percentiles are those that make it as wide as Student's
// (Hesterberg 2015, "What Teachers Should Know About the Bootstrap", The American Statistician
// 69(4), sec. 5: the expanded percentile interval). Five tasks can be drawn in 126 ways; with fewer
// there is too little to draw from. The tasks then stay fixed, examples and seeds are drawn within
// each, and the interval holds for these tasks alone.
namespace dovetail {

inline constexpr int64_t kFewestTasks = 5;

// The means that an effect on one task is computed from: a gain needs one difference of means, a
// relative gain two means.
struct TaskParts {
  std::vector<double> means;
  std::vector<std::vector<double>> resampled;  // one vector a part: its value in each resample
};

using Effect = std::function<double(const std::vector<double>& parts)>;

struct PooledEffect {
  Estimate estimate;  // items and seeds are left 0: the tasks have their own
  int64_t tasks = 0;
  bool tasks_resampled = false;  // false: the interval holds for these tasks alone
  // Two-sided, of the effect being `against`: one minus the confidence of the interval that ends
  // there. At least about 2 / resamples.
  double p_value = 1;
};

// `tasks` is not empty; all have as many parts and resamples. Parts are averaged over the tasks,
// then `effect` is taken of the averages (a ratio of means is steadier than a mean of ratios).
PooledEffect pool(const std::vector<TaskParts>& tasks, const Effect& effect, double against,
                  const BootstrapOptions& options);

// What one task says of an effect: its estimate, with standard error and degrees of freedom.
//
// kFewestTasks or more are a draw from many: Student's t with two degrees of freedom less, one for
// the mean and one for Hall's correction for skewed effects (1992, "On the Removal of Skewness by
// Transformation", Journal of the Royal Statistical Society B 54(1)). Fewer stay as they are: their
// own variances are added, and the interval holds for these tasks alone. `tasks` is not empty.
PooledEffect pool_estimates(const std::vector<Estimate>& tasks, double against,
                            double confidence = 0.95);

// Probability that Student's t with so many degrees of freedom is at most t.
double student_cdf(double t, int64_t degrees);
// The percentile in the place of `tail` for the mean of n things; n > 1. Hesterberg 2015.
double expanded_tail(double tail, int64_t n);

// Holm 1979: p-values of a family, each so adjusted that the chance of any false rejection is kept.
std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace dovetail
