// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/claim_places.h"
#include "analysis/statistics/cross_fit.h"

namespace dovetail {

// better, worse, and both again where more_than looks.
inline constexpr size_t kSides = 4;
using Sides = std::array<Scores, kSides>;

// The mean over tables of the same examples, seed by seed, of the seeds that all of them have.
Scores mean_of(const std::vector<Scores>& tables);

// What a side scores at one place: the mean over its cells, seed by seed, of the seeds that all of
// them have; no rows where one of its cells has none. `best`: of the best of them, cross-fitted,
// and so not flattered by having been picked.
Scores side_scores(const ClaimPlace::Cells& cells, const std::string& metric, bool best,
                   bool lower_is_better, const CrossFitOptions& options);

// The sides of all the places of one task, seed by seed.
class TaskSums {
 public:
  // Adds the seeds that the first `num_sides` sides share. False where there is none, or they were
  // scored on other examples than the task's.
  bool add(const Sides& sides, size_t num_sides);

  // Mean over the places, by seed. Places that lack a seed are left out of its row on every side.
  Scores side(size_t k) const;
  int64_t num_items() const { return static_cast<int64_t>(num_items_); }
  int64_t num_seeds() const { return static_cast<int64_t>(seeds_.size()); }
  int64_t num_pairs() const { return num_pairs_; }

 private:
  struct Seed {
    std::array<std::vector<double>, kSides> sums;
    int64_t places = 0;
  };
  std::map<std::string, Seed> seeds_;
  size_t num_items_ = 0;
  int64_t num_pairs_ = 0;
};

}  // namespace dovetail
