// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/run_noise.h"

#include <algorithm>
#include <numeric>

namespace dovetail {

namespace {

double mean_of_row(const std::vector<float>& row) {
  return std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(row.size());
}

// The means of the cells that have the seeds which most cells have.
std::vector<std::vector<double>> common_means(const std::vector<Scores>& cells) {
  std::map<std::vector<std::string>, std::vector<std::vector<double>>> by_seeds;
  for (const Scores& cell : cells) {
    std::vector<double> means;
    for (const auto& row : cell.rows) means.push_back(mean_of_row(row));
    by_seeds[cell.seeds].push_back(std::move(means));
  }
  const auto size = [](const auto& entry) { return entry.first.size() * entry.second.size(); };
  const auto most = std::max_element(by_seeds.begin(), by_seeds.end(),
                                     [&](auto& a, auto& b) { return size(a) < size(b); });
  return most == by_seeds.end() ? std::vector<std::vector<double>>{} : most->second;
}

}  // namespace

RunNoise residual_of(const std::vector<std::vector<double>>& means) {
  if (means.size() < 2 || means[0].size() < 2) return {};
  const double num_cells = static_cast<double>(means.size());
  const double num_seeds = static_cast<double>(means[0].size());
  std::vector<double> by_seed(means[0].size(), 0.0);
  for (const auto& cell : means) {
    for (size_t s = 0; s < cell.size(); ++s) by_seed[s] += cell[s] / num_cells;
  }
  const double all = std::accumulate(by_seed.begin(), by_seed.end(), 0.0) / num_seeds;
  double squares = 0;
  for (const auto& cell : means) {
    const double own = std::accumulate(cell.begin(), cell.end(), 0.0) / num_seeds;
    for (size_t s = 0; s < cell.size(); ++s) {
      const double residual = cell[s] - own - by_seed[s] + all;
      squares += residual * residual;
    }
  }
  const double degrees = (num_cells - 1) * (num_seeds - 1);
  return {squares / degrees, degrees};
}

const RunNoise& RunNoises::of(const CellGroup& cell, const std::string& metric) {
  const std::array<std::string, 4> key = {cell.task, cell.train_size, cell.tuning, metric};
  const auto [place, is_new] = known_.try_emplace(key);
  if (!is_new) return place->second;
  std::vector<Scores> cells;
  for (const CellGroup& group : groups_) {
    if (!group.baseline.empty() || group.task != cell.task || group.tuning != cell.tuning ||
        group.train_size != cell.train_size)
      continue;
    Scores scores = scores_of(group, metric);
    if (!scores.rows.empty()) cells.push_back(std::move(scores));
  }
  place->second = residual_of(common_means(cells));
  return place->second;
}

}  // namespace dovetail
