// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cross_fit.h"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/cell_noise.h"
#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

Scores averaged_over_seeds(const Scores& scores) {
  Scores averaged{{"mean"}, {std::vector<float>(static_cast<size_t>(scores.num_items()))}};
  for (size_t i = 0; i < averaged.rows[0].size(); ++i) {
    double sum = 0;
    for (const auto& row : scores.rows) sum += row[i];
    averaged.rows[0][i] = static_cast<float>(sum / static_cast<double>(scores.rows.size()));
  }
  return averaged;
}

std::vector<Scores> align(const std::vector<Scores>& contenders) {
  std::vector<std::string> common = contenders[0].seeds;
  for (const Scores& scores : contenders) {
    std::erase_if(common, [&](const std::string& seed) {
      return std::find(scores.seeds.begin(), scores.seeds.end(), seed) == scores.seeds.end();
    });
  }
  std::vector<Scores> aligned;
  for (const Scores& scores : contenders) {
    if (common.empty()) {
      aligned.push_back(averaged_over_seeds(scores));
      continue;
    }
    Scores& kept = aligned.emplace_back(Scores{common, {}});
    for (const std::string& seed : common) {
      const auto at = std::find(scores.seeds.begin(), scores.seeds.end(), seed);
      kept.rows.push_back(scores.rows[static_cast<size_t>(at - scores.seeds.begin())]);
    }
  }
  return aligned;
}

using Indices = std::vector<int64_t>;

// A part of the table: some runs on some examples.
struct Part {
  Indices runs, items;
};

double mean_over(const Scores& scores, const Part& part) {
  double sum = 0;
  for (const int64_t run : part.runs) {
    const auto& row = scores.rows[static_cast<size_t>(run)];
    for (const int64_t i : part.items) sum += static_cast<double>(row[static_cast<size_t>(i)]);
  }
  return sum / static_cast<double>(part.runs.size() * part.items.size());
}

// The first of the best, so that ties fall to the order of the sweep file.
size_t best_on(const std::vector<Scores>& contenders, const Part& part) {
  size_t best = 0;
  double best_mean = mean_over(contenders[0], part);
  for (size_t c = 1; c < contenders.size(); ++c) {
    const double mean = mean_over(contenders[c], part);
    if (mean > best_mean) {
      best = c;
      best_mean = mean;
    }
  }
  return best;
}

std::pair<Indices, Indices> halves_of(const Indices& order) {
  const auto middle = order.begin() + std::ssize(order) / 2;
  return {Indices(order.begin(), middle), Indices(middle, order.end())};
}

// A cut of runs and examples. A single run stands on both sides.
std::pair<Part, Part> cut(int64_t num_runs, int64_t num_items, Rng& rng) {
  const auto [items, other_items] = halves_of(rng.permutation(num_items));
  if (num_runs == 1) return {{{0}, items}, {{0}, other_items}};
  const auto [runs, other_runs] = halves_of(rng.permutation(num_runs));
  return {{runs, items}, {other_runs, other_items}};
}

void measure_optimism(const std::vector<Scores>& aligned, const CrossFitOptions& options,
                      CrossFitted& result) {
  const int64_t num_runs = std::ssize(aligned[0].rows), num_items = aligned[0].num_items();
  const CellNoise noise = cell_noise(aligned);
  const double of_all = noise.at(num_runs, num_items);
  Rng rng(derive_seed(options.seed, "halves"));
  double sum = 0;
  for (int64_t split = 0; split < options.splits; ++split) {
    const auto [first, second] = cut(num_runs, num_items, rng);
    for (const auto& [choosing, scoring] : {std::pair(first, second), std::pair(second, first)}) {
      const size_t best = best_on(aligned, choosing);
      ++result.wins[best];
      ++result.halves;
      const double of_part = noise.at(std::ssize(choosing.runs), std::ssize(choosing.items));
      if (of_part > 0)
        sum += std::sqrt(of_all / of_part) *
               (mean_over(aligned[best], choosing) - mean_over(aligned[best], scoring));
    }
  }
  // By the chance of the cuts a clear winner may score more where it was not chosen.
  result.optimism = std::max(0.0, sum / static_cast<double>(result.halves));
}

}  // namespace

CrossFitted cross_fit(const std::vector<Scores>& contenders, const CrossFitOptions& options) {
  DOVETAIL_CHECK(!contenders.empty());
  CrossFitted result;
  result.wins.assign(contenders.size(), 0);
  if (contenders.size() == 1) {
    result.scores = contenders[0];
    return result;
  }
  const std::vector<Scores> aligned = align(contenders);
  result.winner = 0;
  for (size_t c = 1; c < aligned.size(); ++c) {
    if (aligned[c].mean() > aligned[result.winner].mean()) result.winner = c;
  }
  result.over_runs = aligned[0].rows.size() > 1;
  if (aligned[0].num_items() >= kFewestItemsToSplit) measure_optimism(aligned, options, result);
  result.scores = aligned[result.winner];
  for (auto& row : result.scores.rows) {
    for (float& score : row)
      score = static_cast<float>(static_cast<double>(score) - result.optimism);
  }
  return result;
}

}  // namespace dovetail
