// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/statistics/statistics.h"

// Scores the best of many groups without the luck of being the best. Reporting the highest of forty
// means as it is reports chance as skill. So the test examples are cut into two halves at random;
// the group that is best on one half is scored on the other, and the other way round
// (cross-fitting: Chernozhukov et al. 2018, "Double/debiased machine learning", sec. 3). Every
// example is then scored by a group that was chosen without it. One cut is chance too, so the
// scores are averaged over `splits` cuts.
namespace dovetail {

struct CrossFitOptions {
  int64_t splits = 20;
  uint64_t seed = 20240602;
};

// Fewer examples than this are not split.
inline constexpr int64_t kFewestItemsToSplit = 4;

struct CrossFitted {
  Scores scores;              // of the contender chosen on the other half, example by example
  std::vector<int64_t> wins;  // by contender: on how many halves it was the best
  int64_t halves = 0;         // 0 for too few examples: the scores are those of the best on all
};

// `contenders` is not empty; all are scored on the same examples. Seeds that one of them lacks are
// dropped for all. Without a common seed, the means over the seeds are compared.
CrossFitted cross_fit(const std::vector<Scores>& contenders, const CrossFitOptions& options = {});

}  // namespace dovetail
