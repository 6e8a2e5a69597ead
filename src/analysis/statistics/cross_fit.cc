// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cross_fit.h"

#include <algorithm>

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

double sum_over(const Scores& scores, const std::vector<int64_t>& items) {
  double sum = 0;
  for (const auto& row : scores.rows) {
    for (const int64_t i : items) sum += row[static_cast<size_t>(i)];
  }
  return sum;
}

// The first of the best, so that ties fall to the order of the sweep file.
size_t best_on(const std::vector<Scores>& contenders, const std::vector<int64_t>& items) {
  size_t best = 0;
  double best_sum = sum_over(contenders[0], items);
  for (size_t c = 1; c < contenders.size(); ++c) {
    const double sum = sum_over(contenders[c], items);
    if (sum > best_sum) {
      best = c;
      best_sum = sum;
    }
  }
  return best;
}

void add_items(const Scores& from, const std::vector<int64_t>& items,
               std::vector<std::vector<double>>& sums) {
  for (size_t s = 0; s < sums.size(); ++s) {
    for (const int64_t i : items)
      sums[s][static_cast<size_t>(i)] += from.rows[s][static_cast<size_t>(i)];
  }
}

}  // namespace

CrossFitted cross_fit(const std::vector<Scores>& contenders, const CrossFitOptions& options) {
  DOVETAIL_CHECK(!contenders.empty());
  const std::vector<Scores> aligned = align(contenders);
  const int64_t num_items = aligned[0].num_items();
  CrossFitted result{{}, std::vector<int64_t>(contenders.size(), 0), 0};
  if (contenders.size() == 1 || num_items < kFewestItemsToSplit) {
    const size_t best = best_on(aligned, Rng(options.seed).permutation(num_items));
    return {contenders.size() == 1 ? contenders[0] : aligned[best], result.wins, 0};
  }
  std::vector<std::vector<double>> sums(aligned[0].rows.size(),
                                        std::vector<double>(static_cast<size_t>(num_items), 0.0));
  Rng rng(derive_seed(options.seed, "halves"));
  for (int64_t split = 0; split < options.splits; ++split) {
    const std::vector<int64_t> order = rng.permutation(num_items);
    const std::vector<int64_t> first(order.begin(), order.begin() + num_items / 2);
    const std::vector<int64_t> second(order.begin() + num_items / 2, order.end());
    for (const auto& [choosing, scoring] : {std::pair(first, second), std::pair(second, first)}) {
      const size_t best = best_on(aligned, choosing);
      ++result.wins[best];
      ++result.halves;
      add_items(aligned[best], scoring, sums);
    }
  }
  result.scores.seeds = aligned[0].seeds;
  for (const auto& row : sums) {
    auto& scores = result.scores.rows.emplace_back();
    for (const double sum : row)
      scores.push_back(static_cast<float>(sum / static_cast<double>(options.splits)));
  }
  return result;
}

}  // namespace dovetail
