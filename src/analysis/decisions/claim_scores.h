// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/claim_comparisons.h"
#include "analysis/statistics/cross_fit.h"

namespace dovetail {

// The sides better and worse, then the same two where more_than looks.
inline constexpr size_t kSides = 4;
using Sides = std::array<Scores, kSides>;

// The mean over tables of the same examples, seed by seed. Seeds that one table lacks are dropped.
Scores mean_of(const std::vector<Scores>& tables);

// The scores of one side of a comparison: the mean over its cells, seed by seed, over the seeds
// they all have. No rows if one cell has no scores. With `best` the scores are those of the best
// cells, cross-fitted, so that picking the best does not inflate them.
Scores side_scores(const ClaimComparison::Cells& cells, const std::string& metric, bool best,
                   bool higher_is_better, const CrossFitOptions& options);

// The scores of a baseline that depends on no seed, at each of these seeds; others as they are.
Scores at_seeds(Scores scores, const std::vector<std::string>& seeds);

// Sums the sides over all comparisons of one task, seed by seed.
class TaskSums {
 public:
  // Adds the seeds that the first `num_sides` sides share. Returns false, and adds nothing, if they
  // share none or have another number of examples than the task.
  bool add(const Sides& sides, size_t num_sides);

  // The mean over the comparisons, by seed. A comparison that lacks a seed is left out of that
  // seed's row on every side.
  Scores side(size_t k) const;
  int64_t num_items() const { return static_cast<int64_t>(num_items_); }
  int64_t num_seeds() const { return static_cast<int64_t>(seeds_.size()); }
  int64_t num_pairs() const { return std::ssize(comparisons_); }
  // The mean of each side over the examples, by comparison and seed.
  using SideMeans = std::array<double, kSides>;
  const std::vector<std::map<std::string, SideMeans>>& comparisons() const { return comparisons_; }

 private:
  struct Seed {
    std::array<std::vector<double>, kSides> sums;
    int64_t comparisons = 0;
  };
  std::map<std::string, Seed> seeds_;
  std::vector<std::map<std::string, SideMeans>> comparisons_;
  size_t num_items_ = 0;
};

}  // namespace dovetail
