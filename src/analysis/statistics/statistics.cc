// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

double weighted_mean(const std::vector<float>& values, const uint16_t* counts) {
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) sum += static_cast<double>(values[i]) * counts[i];
  return sum / static_cast<double>(values.size());
}

}  // namespace

double Scores::mean() const {
  double sum = 0;
  for (const auto& row : rows) sum += std::accumulate(row.begin(), row.end(), 0.0);
  return sum / static_cast<double>(rows.size() * static_cast<size_t>(num_items()));
}

void negate(Scores& scores) {
  for (auto& row : scores.rows) {
    for (float& score : row) score = -score;
  }
}

double quantile(const std::vector<double>& sorted, double q) {
  DOVETAIL_CHECK(!sorted.empty());
  const double position = q * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

std::pair<Scores, Scores> on_common_seeds(const Scores& a, const Scores& b) {
  Scores common_a, common_b;
  for (size_t i = 0; i < a.seeds.size(); ++i) {
    const auto found = std::find(b.seeds.begin(), b.seeds.end(), a.seeds[i]);
    if (found == b.seeds.end()) continue;
    common_a.seeds.push_back(a.seeds[i]);
    common_a.rows.push_back(a.rows[i]);
    common_b.seeds.push_back(*found);
    common_b.rows.push_back(b.rows[found - b.seeds.begin()]);
  }
  if (common_a.rows.empty()) return {a, b};
  return {std::move(common_a), std::move(common_b)};
}

Bootstrap::Bootstrap(int64_t num_items, const BootstrapOptions& options)
    : options_(options), num_items_(num_items) {
  DOVETAIL_CHECK(num_items > 0);
  counts_.assign(static_cast<size_t>(options.resamples * num_items), 0);
  Rng rng(derive_seed(options.seed, "items"));
  for (int64_t resample = 0; resample < options.resamples; ++resample) {
    uint16_t* counts = counts_.data() + resample * num_items;
    for (int64_t i = 0; i < num_items; ++i) ++counts[rng.below(static_cast<uint64_t>(num_items))];
  }
}

std::vector<double> Bootstrap::resampled_means(const Scores& scores, const char* stream) const {
  DOVETAIL_CHECK(!scores.rows.empty());
  for (const auto& row : scores.rows) {
    DOVETAIL_CHECK_EQ(static_cast<int64_t>(row.size()), num_items_);
  }
  const size_t num_seeds = scores.rows.size();
  Rng rng(derive_seed(options_.seed, stream));
  std::vector<double> means(static_cast<size_t>(options_.resamples));
  std::vector<double> row_means(num_seeds);
  for (size_t resample = 0; resample < means.size(); ++resample) {
    const uint16_t* counts = counts_.data() + resample * static_cast<size_t>(num_items_);
    for (size_t s = 0; s < num_seeds; ++s) row_means[s] = weighted_mean(scores.rows[s], counts);
    double sum = 0;
    for (size_t draw = 0; draw < num_seeds; ++draw) sum += row_means[rng.below(num_seeds)];
    means[resample] = sum / static_cast<double>(num_seeds);
  }
  return means;
}

Estimate Bootstrap::interval(double mean, std::vector<double> resampled) const {
  std::sort(resampled.begin(), resampled.end());
  const double tail = (1 - options_.confidence) / 2;
  return {mean, quantile(resampled, tail), quantile(resampled, 1 - tail), num_items_, 0};
}

Estimate Bootstrap::mean(const Scores& scores) const {
  Estimate estimate = interval(scores.mean(), resampled_means(scores, "seeds"));
  estimate.seeds = static_cast<int64_t>(scores.rows.size());
  return estimate;
}

Estimate Bootstrap::difference(const Scores& a, const Scores& b) const {
  const auto [left, right] = on_common_seeds(a, b);
  // The same stream draws the same seeds for both sides; strangers' seeds are drawn apart.
  const bool paired = left.seeds == right.seeds;
  std::vector<double> resampled = resampled_means(left, "seeds");
  const std::vector<double> other = resampled_means(right, paired ? "seeds" : "other seeds");
  for (size_t i = 0; i < resampled.size(); ++i) resampled[i] -= other[i];
  Estimate estimate = interval(left.mean() - right.mean(), std::move(resampled));
  estimate.seeds = static_cast<int64_t>(std::max(left.rows.size(), right.rows.size()));
  return estimate;
}

}  // namespace dovetail
