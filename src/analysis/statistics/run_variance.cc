// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/run_variance.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "analysis/statistics/two_way.h"

namespace dovetail {

namespace {

// Of one run, with seeds - 1 degrees of freedom.
Variance spread_over_seeds(const std::vector<double>& values) {
  if (values.size() < 2) return Variance::unknown();
  const double mean = row_mean(values), degrees = static_cast<double>(values.size() - 1);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return Variance::of(squares / degrees, degrees);
}

// The values of `seeds` among those of `all`.
std::vector<double> picked(const std::vector<double>& values, const std::vector<std::string>& all,
                           const std::vector<std::string>& seeds) {
  std::vector<double> found;
  for (const std::string& seed : seeds)
    found.push_back(
        values[static_cast<size_t>(std::find(all.begin(), all.end(), seed) - all.begin())]);
  return found;
}

}  // namespace

void RunVariance::add(const std::string& block, const Scores& scores) {
  if (scores.num_items() == 0) return;
  Cell& cell = cells_[block].emplace_back();
  cell.seeds = scores.seeds;
  for (const auto& row : scores.rows) {
    cell.means.push_back(std::accumulate(row.begin(), row.end(), 0.0) /
                         static_cast<double>(row.size()));
  }
  cell.agrees = std::ranges::all_of(scores.rows, [&](auto& row) { return row == scores.rows[0]; });
}

RunVariance::Block RunVariance::summary_of(const std::vector<Cell>& cells) {
  Block block;
  const auto differing = std::ranges::count_if(cells, [](auto& cell) { return !cell.agrees; });
  std::map<std::vector<std::string>, std::vector<const Cell*>> by_seeds;
  for (const Cell& cell : cells) {
    if (!cell.agrees || differing < 2) by_seeds[cell.seeds].push_back(&cell);
  }
  const auto told = [](const auto& entry) { return entry.first.size() * entry.second.size(); };
  const auto most = std::max_element(by_seeds.begin(), by_seeds.end(),
                                     [&](auto& a, auto& b) { return told(a) < told(b); });
  if (most == by_seeds.end()) return block;
  const auto& [seeds, kept] = *most;
  block.seeds = seeds;
  block.num_cells = static_cast<double>(kept.size());
  Table means;
  for (const Cell* cell : kept) means.push_back(cell->means);
  block.means = column_means(means);
  if (kept.size() > 1 && seeds.size() > 1) block.residual = interaction(means);
  return block;
}

// Of the blocks whose weights do not cancel: the spread over the seeds of what they do together.
Variance RunVariance::moved_together(const std::vector<std::pair<Block, double>>& moved) {
  std::vector<std::string> common = moved[0].first.seeds;
  for (const auto& [block, weight] : moved) {
    std::erase_if(common, [&, &seeds = block.seeds](const std::string& seed) {
      return std::ranges::find(seeds, seed) == seeds.end();
    });
  }
  std::vector<double> together(common.size(), 0.0);
  for (const auto& [block, weight] : moved) {
    const std::vector<double> means = picked(block.means, block.seeds, common);
    for (size_t s = 0; s < common.size(); ++s) together[s] += weight * means[s];
  }
  return spread_over_seeds(together);
}

Variance RunVariance::of_mean(const std::vector<RunWeight>& weights, int64_t num_seeds) const {
  struct Sums {
    double weights = 0, squares = 0;
  };
  std::map<std::string, Sums> sums;
  for (const RunWeight& run : weights) {
    sums[run.block].weights += run.weight;
    sums[run.block].squares += run.weight * run.weight;
  }
  Variance all;
  std::vector<std::pair<Block, double>> moved;
  for (const auto& [name, sum] : sums) {
    const auto found = cells_.find(name);
    const Block block = found == cells_.end() ? Block{} : summary_of(found->second);
    if (block.num_cells == 0) return Variance::unknown();
    const bool cancels = std::abs(sum.weights) < 1e-9;
    // What is left of the cells' own weights once the block's mean has taken its share.
    const double own = sum.squares - (cancels ? 0 : sum.weights * sum.weights / block.num_cells);
    if (own > 1e-9) all = all + block.residual * own;
    if (!cancels) moved.emplace_back(block, sum.weights);
  }
  if (!moved.empty()) all = all + moved_together(moved);
  return all * (1 / static_cast<double>(std::max<int64_t>(1, num_seeds)));
}

}  // namespace dovetail
