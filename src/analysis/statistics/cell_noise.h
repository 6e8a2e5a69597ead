// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/statistics/statistics.h"
#include "analysis/statistics/variance.h"

// How much of the spread between the cells of a task is luck.
namespace dovetail {

// Variance components of a cell's score on an example, around what the examples and the seeds do to
// all cells.
struct CellNoise {
  double run = 0;      // of a trained run
  double example = 0;  // of an example, for this cell and all its runs
  double answer = 0;   // of a single answer
  Variance of_mean;    // of a cell's mean, in this table

  // Of the mean of so many runs on so many examples.
  double at(int64_t runs, int64_t examples) const;
};

// The tables that have the seeds which most of the values have: those can be compared.
std::vector<Scores> of_most_seeds(const std::vector<Scores>& cells);

// `cells` are two or more tables of the same seeds, in the same order, and of the same examples.
// With one seed `run` stays 0 and `of_mean` is not known.
CellNoise cell_noise(const std::vector<Scores>& cells);

// Whether the cells differ at all: the F test of their means against their noise.
struct GlobalTest {
  double f = 0;
  double degrees_above = 0, degrees_below = 0;
  double p_value = 1;      // 1 with fewer than two cells
  bool runs_known = true;  // false: one seed, so the test is of these runs alone

  bool differ(double level = 0.05) const { return p_value < level; }
};

GlobalTest test_cells_differ(const std::vector<Scores>& cells);

}  // namespace dovetail
