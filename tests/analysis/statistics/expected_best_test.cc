// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/expected_best.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

Scores table(std::vector<std::vector<float>> rows) {
  Scores scores{{}, std::move(rows)};
  for (size_t s = 0; s < scores.rows.size(); ++s) scores.seeds.push_back(std::to_string(s));
  return scores;
}

TEST(ExpectedBest, WithoutNoiseItIsTheHighest) {
  EXPECT_NEAR(expected_best({table({{0.2F, 0.2F}}), table({{0.5F, 0.5F}})}), 0.5, 1e-6);
  EXPECT_NEAR(expected_best({table({{0.3F, 0.7F}})}), 0.5, 1e-6);
}

// One example and two seeds: the cells differ by seed as much as by their means, or more.
TEST(ExpectedBest, WhereNoiseExplainsAllItIsTheMean) {
  EXPECT_NEAR(expected_best({table({{0.1F}, {0.5F}}), table({{0.4F}, {0.2F}})}), 0.3, 1e-6);
}

// Means 0.2 and 0.8, so their variance is 0.18. All residuals are 0.05: a mean square of 0.01,
// over two seeds a noise of 0.005. 0.005 / 0.18 = 0.02778 is noise; the means become 0.2083 and
// 0.7917, with a variance of 0.97222 x 0.005 each. Of two normals so far apart (5.9 deviations of
// their difference) the larger one is the maximum.
TEST(ExpectedBest, MeansAreDrawnTogether) {
  EXPECT_NEAR(expected_best({table({{0.15F}, {0.25F}}), table({{0.85F}, {0.75F}})}), 0.7917, 1e-4);
}

}  // namespace
}  // namespace dovetail
