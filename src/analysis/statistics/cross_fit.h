// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/statistics/statistics.h"

// The best of many groups, judged without the luck of being the best. Whoever picks the highest of
// forty means and reports that mean, reports chance as skill. So the test examples are cut into two
// halves at random; the group that is best on one half is scored on the other, and the other way
// round (cross-fitting: Chernozhukov et al. 2018, "Double/debiased machine learning", sec. 3).
// Every example is then scored by a group that was chosen without it. One cut is a matter of chance
// too, so the scores are averaged over `splits` cuts.
namespace dovetail {

struct CrossFitOptions {
  int64_t splits = 20;
  uint64_t seed = 20240602;
};

// With fewer examples than this there are no two halves worth the name.
inline constexpr int64_t kFewestItemsToSplit = 4;

struct CrossFitted {
  Scores scores;              // of whichever contender was chosen, example by example
  std::vector<int64_t> wins;  // by contender: on how many halves it was the best
  int64_t halves = 0;         // 0: too few examples, the scores are those of the best on all
};

// `contenders` is not empty; all are scored on the same examples. Seeds that one of them lacks are
// left out of all; where none is common, the means over the seeds are compared.
CrossFitted cross_fit(const std::vector<Scores>& contenders, const CrossFitOptions& options = {});

}  // namespace dovetail
