// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_scores.h"

#include <algorithm>
#include <numeric>

namespace dovetail {

namespace {

// Null if the table has no such seed or another number of examples.
const std::vector<float>* row_of(const Scores& scores, const std::string& seed, int64_t items) {
  const auto at = std::find(scores.seeds.begin(), scores.seeds.end(), seed);
  if (at == scores.seeds.end() || scores.num_items() != items) return nullptr;
  return &scores.rows[static_cast<size_t>(at - scores.seeds.begin())];
}

}  // namespace

Scores mean_of(const std::vector<Scores>& cells) {
  Scores mean;
  const int64_t items = cells[0].num_items();
  for (const std::string& seed : cells[0].seeds) {
    std::vector<double> sum(static_cast<size_t>(items), 0.0);
    const bool all = std::all_of(cells.begin(), cells.end(), [&](const Scores& cell) {
      const std::vector<float>* row = row_of(cell, seed, items);
      for (size_t i = 0; row && i < sum.size(); ++i) sum[i] += (*row)[i];
      return row != nullptr;
    });
    if (!all) continue;
    mean.seeds.push_back(seed);
    auto& row = mean.rows.emplace_back();
    for (const double value : sum)
      row.push_back(static_cast<float>(value / static_cast<double>(cells.size())));
  }
  return mean;
}

Scores side_scores(const ClaimComparison::Cells& cells, const std::string& metric, bool best,
                   bool higher_is_better, const CrossFitOptions& options) {
  std::vector<Scores> scores;
  for (const CellGroup* group : cells) {
    scores.push_back(scores_of(*group, metric));
    if (scores.back().num_items() == 0 || scores.back().num_items() != scores.front().num_items())
      return {};
  }
  if (!best) return mean_of(scores);
  if (!higher_is_better) std::for_each(scores.begin(), scores.end(), negate);
  Scores fitted = cross_fit(scores, options).scores;
  if (!higher_is_better) negate(fitted);
  return fitted;
}

Scores at_seeds(Scores scores, const std::vector<std::string>& seeds) {
  if (scores.seeds != std::vector<std::string>{""}) return scores;
  scores.seeds = seeds;
  scores.rows.resize(seeds.size(), std::vector<float>(scores.rows.front()));
  return scores;
}

bool TaskSums::add(const Sides& sides, size_t num_sides) {
  const int64_t items = sides[0].num_items();
  if (items == 0 || (num_items_ > 0 && items != num_items())) return false;
  std::map<std::string, SideMeans> means;
  for (const std::string& name : sides[0].seeds) {
    std::array<const std::vector<float>*, kSides> rows{};
    for (size_t k = 0; k < num_sides; ++k) rows[k] = row_of(sides[k], name, items);
    if (!std::all_of(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(num_sides),
                     [](auto* row) { return row; })) {
      continue;
    }
    SideMeans& mean = means[name];
    mean = {};
    Seed& seed = seeds_[name];
    ++seed.comparisons;
    for (size_t k = 0; k < num_sides; ++k) {
      seed.sums[k].resize(static_cast<size_t>(items));
      for (size_t i = 0; i < rows[k]->size(); ++i) seed.sums[k][i] += (*rows[k])[i];
      mean[k] = std::accumulate(rows[k]->begin(), rows[k]->end(), 0.0) / static_cast<double>(items);
    }
  }
  if (means.empty()) return false;
  num_items_ = static_cast<size_t>(items);
  comparisons_.push_back(std::move(means));
  return true;
}

Scores TaskSums::side(size_t k) const {
  Scores scores;
  for (const auto& [name, seed] : seeds_) {
    scores.seeds.push_back(name);
    auto& row = scores.rows.emplace_back();
    for (const double sum : seed.sums[k])
      row.push_back(static_cast<float>(sum / static_cast<double>(seed.comparisons)));
  }
  return scores;
}

}  // namespace dovetail
