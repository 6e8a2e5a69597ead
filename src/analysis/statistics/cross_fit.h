// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/statistics/statistics.h"

// Scores the best of many groups without the luck of being the best. Reporting the highest of forty
// means as it is reports chance as skill: of the test examples, and of the trained runs.
//
// So the runs and the examples are cut into two halves each, at random. The group that is best on
// one half of both is looked at on the other half of both, where nothing that made it the best can
// help it (cross-fitting: Chernozhukov et al. 2018, "Double/debiased machine learning", sec. 3).
// What it scores less there is the optimism of a choice made on a quarter of the scores. All of
// them are less noisy, and flatter less in proportion, so the optimism is scaled by the noise of a
// mean over all to that of a mean over the quarter (cell_noise.h). It is averaged over both ways
// and `splits` cuts, and taken off the score of the group that is best on all.
//
// Where all groups are alike, the scale is exact and the result unbiased. Where one is far ahead,
// there is nothing to take off. In between it takes off somewhat too much, never too little.
//
// With one run of each, the examples alone are cut, and the luck of the runs stays in.
namespace dovetail {

struct CrossFitOptions {
  int64_t splits = 30;
  uint64_t seed = 20240602;
};

// Fewer examples than this are not split.
inline constexpr int64_t kFewestItemsToSplit = 4;

struct CrossFitted {
  size_t winner = 0;          // the highest mean; of equal ones the first
  Scores scores;              // the winner's own, each lowered by the optimism
  double optimism = 0;        // how much the winner's mean flatters it
  std::vector<int64_t> wins;  // by contender: on how many halves it was the best
  int64_t halves = 0;         // 0 for too few examples, or nothing to choose from
  bool over_runs = false;     // false: one run of each, so that only the examples were cut
};

// `contenders` is not empty; all are scored on the same examples, higher is better. Seeds that one
// of them lacks are dropped for all. Without a common seed, the means over the seeds are compared.
CrossFitted cross_fit(const std::vector<Scores>& contenders, const CrossFitOptions& options = {});

}  // namespace dovetail
