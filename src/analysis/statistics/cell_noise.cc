// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cell_noise.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/two_way.h"
#include "base/error.h"

namespace dovetail {

namespace {

Table means_by_seed(const std::vector<Scores>& cells) {
  Table table;
  for (const Scores& cell : cells) {
    auto& means = table.emplace_back();
    for (const auto& row : cell.rows)
      means.push_back(std::accumulate(row.begin(), row.end(), 0.0) /
                      static_cast<double>(row.size()));
  }
  return table;
}

Table means_by_example(const std::vector<Scores>& cells) {
  Table table;
  for (const Scores& cell : cells) {
    auto& means = table.emplace_back(static_cast<size_t>(cell.num_items()), 0.0);
    for (const auto& row : cell.rows) {
      for (size_t i = 0; i < row.size(); ++i)
        means[i] += static_cast<double>(row[i]) / static_cast<double>(cell.rows.size());
    }
  }
  return table;
}

// The mean square of what neither cell, seed and example nor any two of them explain.
Variance answers(const std::vector<Scores>& cells) {
  const size_t num_seeds = cells[0].rows.size();
  if (num_seeds < 2) return {};
  // The interaction of cells by examples within each seed holds that of their means over the seeds
  // and the answers' luck: what the former does not explain is the latter.
  double within = 0;
  const double degrees_within =
      static_cast<double>(cells.size() - 1) * static_cast<double>(cells[0].num_items() - 1);
  for (size_t s = 0; s < num_seeds; ++s) {
    Table table;
    for (const Scores& cell : cells) table.emplace_back(cell.rows[s].begin(), cell.rows[s].end());
    within += interaction(table).value * degrees_within;
  }
  const double explained =
      interaction(means_by_example(cells)).value * degrees_within * static_cast<double>(num_seeds);
  const double degrees = degrees_within * static_cast<double>(num_seeds - 1);
  return degrees < 1 ? Variance{}
                     : Variance::of(std::max(0.0, within - explained) / degrees, degrees);
}

}  // namespace

double CellNoise::at(int64_t runs, int64_t examples) const {
  const double s = static_cast<double>(runs), n = static_cast<double>(examples);
  return run / s + example / n + answer / (s * n);
}

std::vector<Scores> of_most_seeds(const std::vector<Scores>& cells) {
  std::map<std::vector<std::string>, std::vector<Scores>> by_seeds;
  for (const Scores& cell : cells) by_seeds[cell.seeds].push_back(cell);
  const auto size = [](const auto& entry) { return entry.first.size() * entry.second.size(); };
  const auto most = std::ranges::max_element(by_seeds, {}, size);
  return most == by_seeds.end() ? std::vector<Scores>{} : most->second;
}

CellNoise cell_noise(const std::vector<Scores>& cells) {
  DOVETAIL_CHECK(cells.size() > 1);
  const double num_seeds = static_cast<double>(cells[0].rows.size());
  const double num_examples = static_cast<double>(cells[0].num_items());
  const Variance by_seed = interaction(means_by_seed(cells));
  const Variance by_example = interaction(means_by_example(cells));
  const Variance answer = answers(cells);
  CellNoise noise;
  noise.answer = num_seeds > 1 ? answer.value : by_example.value;
  noise.run = std::max(0.0, by_seed.value - noise.answer / num_examples);
  noise.example = std::max(0.0, by_example.value - noise.answer / num_seeds);
  if (num_seeds < 2) {
    noise.run = 0;
    noise.of_mean = by_example * (1 / num_examples);
    noise.of_mean.known = false;
    return noise;
  }
  noise.of_mean = by_seed * (1 / num_seeds);
  if (noise.example > 0) {
    const double doubt =
        (by_example * (1 / num_examples)).doubt + (answer * (1 / (num_seeds * num_examples))).doubt;
    noise.of_mean = noise.of_mean + Variance{noise.example / num_examples, doubt};
  }
  return noise;
}

GlobalTest test_cells_differ(const std::vector<Scores>& cells) {
  GlobalTest test;
  if (cells.size() < 2) return test;
  const CellNoise noise = cell_noise(cells);
  test.runs_known = noise.of_mean.known;
  std::vector<double> means;
  for (const Scores& cell : cells) means.push_back(cell.mean());
  const double all = row_mean(means);
  test.degrees_above = static_cast<double>(cells.size() - 1);
  test.degrees_below = std::max(1.0, noise.of_mean.degrees());
  double spread = 0;
  for (const double mean : means) spread += (mean - all) * (mean - all) / test.degrees_above;
  // Scores are floats: a spread below their rounding is none. A single number says nothing.
  const bool single = cells[0].rows.size() == 1 && cells[0].num_items() == 1;
  if (spread < 1e-12 || single) return test;
  test.f = noise.of_mean.value > 0 ? spread / noise.of_mean.value
                                   : std::numeric_limits<double>::infinity();
  test.p_value = f_upper_tail(test.f, test.degrees_above, test.degrees_below);
  return test;
}

}  // namespace dovetail
