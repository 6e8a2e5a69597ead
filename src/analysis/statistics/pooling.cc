// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/pooling.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/intervals.h"
#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

// Where an increasing function takes a value; both distributions here are within these ends.
double inverse(const std::function<double(double)>& increasing, double value) {
  double low = -1e4, high = 1e4;
  for (int halving = 0; halving < 100; ++halving) {
    const double middle = (low + high) / 2;
    (increasing(middle) < value ? low : high) = middle;
  }
  return (low + high) / 2;
}

// The mean of each part over the tasks, with weights that are how often each task was drawn.
std::vector<double> averaged(const std::vector<TaskParts>& tasks,
                             const std::vector<int64_t>& drawn) {
  std::vector<double> parts(tasks[0].means.size(), 0.0);
  for (const int64_t task : drawn) {
    for (size_t p = 0; p < parts.size(); ++p) parts[p] += tasks[static_cast<size_t>(task)].means[p];
  }
  for (double& part : parts) part /= static_cast<double>(drawn.size());
  return parts;
}

std::vector<double> resampled_over_tasks(const std::vector<TaskParts>& tasks, const Effect& effect,
                                         const BootstrapOptions& options) {
  Rng rng(derive_seed(options.seed, "tasks"));
  std::vector<double> effects;
  std::vector<int64_t> drawn(tasks.size());
  for (int64_t resample = 0; resample < options.resamples; ++resample) {
    for (int64_t& task : drawn) task = static_cast<int64_t>(rng.below(tasks.size()));
    effects.push_back(effect(averaged(tasks, drawn)));
  }
  return effects;
}

// Examples of different tasks have nothing in common: each task takes a resample of its own.
std::vector<double> resampled_within_tasks(const std::vector<TaskParts>& tasks,
                                           const Effect& effect, const BootstrapOptions& options) {
  const size_t resamples = tasks[0].resampled[0].size(), num_parts = tasks[0].means.size();
  std::vector<std::vector<double>> sums(resamples, std::vector<double>(num_parts, 0.0));
  Rng rng(derive_seed(options.seed, "within tasks"));
  for (size_t t = 0; t < tasks.size(); ++t) {
    const std::vector<int64_t> order = rng.permutation(static_cast<int64_t>(resamples));
    for (size_t r = 0; r < resamples; ++r) {
      const size_t at = t == 0 ? r : static_cast<size_t>(order[r]);
      for (size_t p = 0; p < num_parts; ++p) sums[r][p] += tasks[t].resampled[p][at];
    }
  }
  std::vector<double> effects;
  for (std::vector<double>& parts : sums) {
    for (double& part : parts) part /= static_cast<double>(tasks.size());
    effects.push_back(effect(parts));
  }
  return effects;
}

// Of a value that no resample reaches: the normal tail with the resamples' own deviation. A share
// of none says no more than how many resamples there were, and so little that no family of claims
// would ever pass Holm's correction.
double tail_beyond(const std::vector<double>& sorted, double against) {
  const double n = static_cast<double>(sorted.size());
  const double mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / n;
  double sum = 0;
  for (const double effect : sorted) sum += (effect - mean) * (effect - mean);
  const double deviation = std::sqrt(sum / n);
  return deviation > 1e-12 ? normal_cdf(-std::abs(mean - against) / deviation)
                           : 0.5;  // else nothing varies
}

// The share of resamples beyond the value, on the rarer side, doubled; half of those that hit it
// count for either side.
double two_sided(const std::vector<double>& sorted, double against, int64_t tasks_drawn) {
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), against) - sorted.begin();
  const auto above = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), against);
  const double ties = static_cast<double>(std::ssize(sorted) - below - above);
  const double rarer = static_cast<double>(std::min(below, above)) + ties / 2;
  double tail = (rarer + 0.5) / (static_cast<double>(sorted.size()) + 1);
  if (tail >= 0.5) return 1;
  if (rarer == 0) tail = std::min(tail, tail_beyond(sorted, against));
  if (tasks_drawn > 1) {  // what expanded_tail did, undone
    const double n = static_cast<double>(tasks_drawn);
    tail = student_cdf(inverse(normal_cdf, tail) * std::sqrt((n - 1) / n), tasks_drawn - 1);
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace

double student_cdf(double t, int64_t degrees) { return t_cdf(t, static_cast<double>(degrees)); }

double expanded_tail(double tail, int64_t n) {
  const double t = inverse([&](double x) { return student_cdf(x, n - 1); }, tail);
  return normal_cdf(t * std::sqrt(static_cast<double>(n) / static_cast<double>(n - 1)));
}

PooledEffect pool(const std::vector<TaskParts>& tasks, const Effect& effect, double against,
                  const BootstrapOptions& options) {
  DOVETAIL_CHECK(!tasks.empty());
  PooledEffect pooled;
  pooled.tasks = std::ssize(tasks);
  pooled.tasks_resampled = pooled.tasks >= kFewestTasks;
  std::vector<int64_t> each_once(tasks.size());
  std::iota(each_once.begin(), each_once.end(), 0);
  std::vector<double> effects = pooled.tasks_resampled
                                    ? resampled_over_tasks(tasks, effect, options)
                                    : resampled_within_tasks(tasks, effect, options);
  std::sort(effects.begin(), effects.end());
  double tail = (1 - options.confidence) / 2;
  if (pooled.tasks_resampled) tail = expanded_tail(tail, pooled.tasks);
  pooled.estimate.mean = effect(averaged(tasks, each_once));
  pooled.estimate.low = quantile(effects, tail);
  pooled.estimate.high = quantile(effects, 1 - tail);
  pooled.p_value = two_sided(effects, against, pooled.tasks_resampled ? pooled.tasks : 0);
  return pooled;
}

namespace {

// Hall's transformation of Student's statistic of n values, whose distribution is closer to
// Student's t where the values are skewed. It grows with t, so that it has an inverse.
struct HallsTransformation {
  double k = 0;  // skewness / root of n

  double of(double t) const { return t + k * t * t / 3 + k * k * t * t * t / 27 + k / 6; }
  double inverse(double x) const {
    if (std::abs(k) < 1e-6) return x;
    return 3 / k * (std::cbrt(1 + k * (x - k / 6)) - 1);
  }
};

// Of three values or more that are not all alike; the unbiased estimate for a normal sample.
double skewness_of(const std::vector<Estimate>& tasks, double mean, double deviation) {
  const double n = static_cast<double>(tasks.size());
  double cubes = 0;
  for (const Estimate& task : tasks) cubes += std::pow((task.mean - mean) / deviation, 3);
  return cubes * n / ((n - 1) * (n - 2));
}

void judge_drawn_tasks(const std::vector<Estimate>& tasks, double against, double confidence,
                       PooledEffect& pooled) {
  const double n = static_cast<double>(tasks.size()), mean = pooled.estimate.mean;
  double squares = 0;
  for (const Estimate& task : tasks) squares += (task.mean - mean) * (task.mean - mean);
  const double deviation = std::sqrt(squares / (n - 1));
  Estimate& estimate = pooled.estimate;
  estimate.low = estimate.high = mean;
  estimate.standard_error = deviation / std::sqrt(n);
  estimate.degrees = n - 2;
  if (estimate.standard_error < 1e-9) {
    pooled.p_value = std::abs(mean - against) < 1e-9 ? 1 : 0;
    return;
  }
  const HallsTransformation hall{skewness_of(tasks, mean, deviation) / std::sqrt(n)};
  const double t = t_quantile((1 + confidence) / 2, n - 2);
  estimate.low = mean - hall.inverse(t) * estimate.standard_error;
  estimate.high = mean - hall.inverse(-t) * estimate.standard_error;
  const double found = hall.of((mean - against) / estimate.standard_error);
  pooled.p_value = 2 * t_cdf(-std::abs(found), n - 2);
}

}  // namespace

PooledEffect pool_estimates(const std::vector<Estimate>& tasks, double against, double confidence) {
  DOVETAIL_CHECK(!tasks.empty());
  const double n = static_cast<double>(tasks.size());
  PooledEffect pooled;
  pooled.tasks = std::ssize(tasks);
  pooled.tasks_resampled = pooled.tasks >= kFewestTasks;
  Variance within;
  double mean = 0;
  bool runs_known = true;
  for (const Estimate& task : tasks) {
    mean += task.mean / n;
    const double share = task.standard_error / n;
    within = within + Variance::of(share * share, std::max(1.0, task.degrees));
    runs_known = runs_known && task.runs_known;
  }
  pooled.estimate = t_estimate(mean, within, {confidence});
  const double error = pooled.estimate.standard_error;
  pooled.p_value = std::abs(mean - against) < 1e-9 ? 1 : 0;
  if (error > 1e-9)
    pooled.p_value = 2 * t_cdf(-std::abs(mean - against) / error, pooled.estimate.degrees);
  if (pooled.tasks_resampled) judge_drawn_tasks(tasks, against, confidence, pooled);
  pooled.estimate.runs_known = runs_known;
  return pooled;
}

std::vector<double> holm(const std::vector<double>& p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const double scaled = p_values[order[i]] * static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(1.0, scaled));
    adjusted[order[i]] = largest;
  }
  return adjusted;
}

}  // namespace dovetail
