// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/statistics.h"
#include "analysis/statistics/variance.h"

// How much trained runs of one task and train size differ by luck: the subset, the order, the
// initialisation.
//
// Two seeds of one cell say next to nothing of it, but all cells of a sweep together do. A *block*
// is a set of cells whose runs vary alike: those of one tuning. Within a block the mean score of
// cell c and seed s is taken as
//
//   cell's own + what the seed does to all cells of the block + this run's luck.
//
// The last part is estimated by the residual of the table of cells by seeds (two-way analysis of
// variance), with (cells - 1)(seeds - 1) degrees of freedom. What the seed does to all of them
// cancels in differences within a block. Where it does not cancel (a single score, or cells of two
// tunings), the spread of the blocks' means over the seeds is added, with seeds - 1 degrees.
// The residual also holds the luck of single answers (examples by runs), as the mean of a run does.
namespace dovetail {

// How much a cell of a block counts in a mean or a difference.
struct RunWeight {
  std::string block;
  double weight = 1;
};

class RunVariance {
 public:
  // A cell with its runs, one a seed. Cells that lack a seed that others of the block have, and
  // cells whose runs agree in every example while those of two others do not (they answer nothing,
  // or always the same), say nothing about luck and are left out.
  void add(const std::string& block, const Scores& scores);

  // Of the sum over the cells of weight x mean over `num_seeds` runs. Unknown with one seed, and
  // where a difference within a block has no second cell to be judged by. A cell without runs (a
  // baseline that always answers alike) has no weight here.
  Variance of_mean(const std::vector<RunWeight>& weights, int64_t num_seeds) const;

 private:
  struct Cell {
    std::vector<std::string> seeds;
    std::vector<double> means;
    bool agrees = false;
  };
  struct Block {
    std::vector<std::string> seeds;
    std::vector<double> means;  // over the cells, by seed
    double num_cells = 0;
    Variance residual = Variance::unknown();
  };

  static Block summary_of(const std::vector<Cell>& cells);
  static Variance moved_together(const std::vector<std::pair<Block, double>>& moved);

  std::map<std::string, std::vector<Cell>> cells_;
};

}  // namespace dovetail
