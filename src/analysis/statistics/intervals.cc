// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/intervals.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/effect_test.h"
#include "base/error.h"

namespace dovetail {

namespace {

// The mean squares of a table of runs by examples, of the two-way analysis of variance.
struct MeanSquares {
  double examples = 0, residual = 0;
};

std::vector<double> means_over_runs(const Scores& table) {
  std::vector<double> means(static_cast<size_t>(table.num_items()), 0.0);
  const double share = 1 / static_cast<double>(table.rows.size());
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < means.size(); ++i) means[i] += share * static_cast<double>(row[i]);
  }
  return means;
}

MeanSquares mean_squares(const Scores& table) {
  const std::vector<double> by_example = means_over_runs(table);
  const double num_runs = static_cast<double>(table.rows.size());
  const double num_examples = static_cast<double>(by_example.size());
  const double all = std::accumulate(by_example.begin(), by_example.end(), 0.0) / num_examples;
  MeanSquares found;
  for (const double mean : by_example) found.examples += num_runs * (mean - all) * (mean - all);
  for (const auto& row : table.rows) {
    const double own = std::accumulate(row.begin(), row.end(), 0.0) / num_examples;
    for (size_t i = 0; i < row.size(); ++i) {
      const double residual = static_cast<double>(row[i]) - own - by_example[i] + all;
      found.residual += residual * residual;
    }
  }
  found.examples /= num_examples - 1;
  if (num_runs > 1) found.residual /= (num_runs - 1) * (num_examples - 1);
  return found;
}

// a - b, row by row. One row of either stands against every row of the other.
Scores minus(const Scores& a, const Scores& b) {
  Scores table;
  table.seeds = a.rows.size() >= b.rows.size() ? a.seeds : b.seeds;
  for (size_t s = 0; s < std::max(a.rows.size(), b.rows.size()); ++s) {
    const auto& left = a.rows[a.rows.size() == 1 ? 0 : s];
    const auto& right = b.rows[b.rows.size() == 1 ? 0 : s];
    DOVETAIL_CHECK_EQ(left.size(), right.size());
    auto& row = table.rows.emplace_back(left.size());
    for (size_t i = 0; i < left.size(); ++i) row[i] = left[i] - right[i];
  }
  return table;
}

Scores one_row(const Scores& scores) {
  Scores mean{{"mean"}, {{}}};
  for (const double value : means_over_runs(scores))
    mean.rows[0].push_back(static_cast<float>(value));
  return mean;
}

std::vector<RunWeight> with_sign(std::vector<RunWeight> runs, double sign) {
  for (RunWeight& run : runs) run.weight *= sign;
  return runs;
}

std::vector<RunWeight> joined(std::vector<RunWeight> a, const std::vector<RunWeight>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

Variance example_variance(const Scores& table) {
  const double num_runs = static_cast<double>(table.rows.size());
  const double num_examples = static_cast<double>(table.num_items());
  if (num_examples < 2) return {};  // one score for the whole test set
  const MeanSquares squares = mean_squares(table);
  const double scale = 1 / (num_runs * num_examples);
  Variance found = Variance::of(scale * squares.examples, num_examples - 1);
  if (num_runs < 2) return found;
  const Variance luck = Variance::of(scale * squares.residual, (num_examples - 1) * (num_runs - 1));
  // An estimate below 0 says that there is nothing; its doubt would only widen what is left.
  if (found.value <= luck.value) return {};
  return {found.value - luck.value, found.doubt + luck.doubt};
}

Estimate t_estimate(double mean, const Variance& variance, const IntervalOptions& options) {
  Estimate estimate = EffectTest{mean, {spread_of(variance, "")}}.interval(options.confidence);
  estimate.runs_known = variance.known;
  return estimate;
}

Estimate mean_estimate(const Scores& scores, const std::vector<RunWeight>& runs,
                       const RunVariance& variance, const IntervalOptions& options) {
  DOVETAIL_CHECK(!scores.rows.empty());
  Estimate estimate = t_estimate(
      scores.mean(), example_variance(scores) + variance.of_mean(runs, std::ssize(scores.rows)),
      options);
  estimate.items = scores.num_items();
  estimate.seeds = std::ssize(scores.rows);
  return estimate;
}

Estimate difference_estimate(const Side& a, const Side& b, const RunVariance& variance,
                             const IntervalOptions& options) {
  const auto [left, right] = on_common_seeds(a.scores, b.scores);
  const int64_t num_left = std::ssize(left.rows), num_right = std::ssize(right.rows);
  const std::vector<RunWeight> other = with_sign(b.runs, -1);
  const bool paired = left.seeds == right.seeds;
  // Strangers' seeds move each side by itself.
  const Variance runs =
      paired ? variance.of_mean(joined(a.runs, other), num_left)
             : variance.of_mean(a.runs, num_left) + variance.of_mean(other, num_right);
  const bool row_by_row = paired || num_left == 1 || num_right == 1;
  const Scores table = row_by_row ? minus(left, right) : minus(one_row(left), one_row(right));
  Estimate estimate =
      t_estimate(left.mean() - right.mean(), example_variance(table) + runs, options);
  estimate.items = left.num_items();
  estimate.seeds = std::max(num_left, num_right);
  return estimate;
}

double detectable_difference(double standard_error, double degrees, double power, double level) {
  if (!(standard_error > 0)) return 0;
  return standard_error * (t_quantile(1 - level / 2, degrees) + t_quantile(power, degrees));
}

}  // namespace dovetail
