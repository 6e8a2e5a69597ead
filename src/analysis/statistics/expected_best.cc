// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/expected_best.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "analysis/statistics/cell_noise.h"
#include "base/error.h"

namespace dovetail {

namespace {

// Of normal variables with these means and one standard deviation: the integral of how likely the
// maximum is above x, from where it is certainly above.
double expected_maximum(const std::vector<double>& means, double deviation) {
  const auto [least, most] = std::ranges::minmax(means);
  constexpr double kReach = 8;  // deviations; further out lies less than 1e-15
  constexpr int kSteps = 2000;
  const double from = least - kReach * deviation;
  const double step = (most + kReach * deviation - from) / kSteps;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double x = from + (i + 0.5) * step;
    double below = 1;
    for (const double mean : means)
      below *= 0.5 * std::erfc((mean - x) / deviation / std::numbers::sqrt2);
    sum += 1 - below;
  }
  return from + sum * step;
}

}  // namespace

double expected_best(const std::vector<Scores>& cells) {
  DOVETAIL_CHECK(!cells.empty());
  std::vector<double> means;
  for (const Scores& cell : cells) means.push_back(cell.mean());
  const double most = std::ranges::max(means);
  if (cells.size() < 2) return most;
  const double noise = cell_noise(cells).of_mean.value;
  if (!(noise > 0)) return most;
  const double n = static_cast<double>(means.size());
  const double middle = std::accumulate(means.begin(), means.end(), 0.0) / n;
  double squares = 0;
  for (const double mean : means) squares += (mean - middle) * (mean - middle);
  const double true_share = 1 - noise / (squares / (n - 1));
  if (!(true_share > 0)) return middle;
  for (double& mean : means) mean = middle + true_share * (mean - middle);
  return expected_maximum(means, std::sqrt(true_share * noise));
}

}  // namespace dovetail
