// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cell_noise.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

// Three cells by two seeds, one example: 1 2, 2 3, 4 4. Mean squares: cells 3.1667 with two
// degrees, residual 0.16667 with two. F = 19, p = 1 / (1 + 19).
TEST(CellNoise, TheGlobalTestIsTheAnalysisOfVariance) {
  const std::vector<Scores> cells{
      {{"1", "2"}, {{1}, {2}}}, {{"1", "2"}, {{2}, {3}}}, {{"1", "2"}, {{4}, {4}}}};

  const GlobalTest found = test_cells_differ(cells);

  EXPECT_NEAR(found.f, 19, 1e-6);
  EXPECT_EQ(found.degrees_above, 2);
  EXPECT_NEAR(found.degrees_below, 2, 1e-9);
  EXPECT_NEAR(found.p_value, 0.05, 1e-7);
  EXPECT_TRUE(found.runs_known);
}

// One run each. Answers 1 1 0 0 and 0 0 1 0: residuals (3 3 -5 -1) / 8 and the opposite, so 88 / 64
// with three degrees, 11 / 24; means 0.5 and 0.25 have variance 1 / 32. F = (1/32) / (11/24 / 4).
TEST(CellNoise, WithOneRunTheTestIsOfTheExamples) {
  const std::vector<Scores> cells{{{"1"}, {{1, 1, 0, 0}}}, {{"1"}, {{0, 0, 1, 0}}}};

  const GlobalTest found = test_cells_differ(cells);

  EXPECT_FALSE(found.runs_known);
  EXPECT_NEAR(found.f, 3.0 / 11, 1e-6);
  EXPECT_EQ(found.degrees_below, 3);
}

TEST(CellNoise, OneCellAndEqualCellsDoNotDiffer) {
  const Scores cell{{"1", "2"}, {{1, 0}, {0, 0}}};

  EXPECT_EQ(test_cells_differ({cell}).p_value, 1);
  EXPECT_EQ(test_cells_differ({cell, cell, cell}).p_value, 1);
}

TEST(CellNoise, CellsThatAlwaysDifferDoSo) {
  const Scores low{{"1", "2"}, {{0.1F, 0.1F}, {0.1F, 0.1F}}};
  const Scores high{{"1", "2"}, {{0.2F, 0.2F}, {0.2F, 0.2F}}};

  EXPECT_TRUE(test_cells_differ({low, high}).differ());
}

// Runs apart by 0.2 crosswise, the same on every example: their residuals are 0.05, of mean square
// 0.01. Nothing else varies. A mean of two runs has half of it.
TEST(CellNoise, SplitsItsParts) {
  const std::vector<Scores> cells{{{"1", "2"}, {{0.2F, 0.2F}, {0.4F, 0.4F}}},
                                  {{"1", "2"}, {{0.3F, 0.3F}, {0.3F, 0.3F}}}};

  const CellNoise found = cell_noise(cells);

  EXPECT_NEAR(found.run, 0.01, 1e-7);
  EXPECT_NEAR(found.example, 0, 1e-9);
  EXPECT_NEAR(found.answer, 0, 1e-9);
  EXPECT_NEAR(found.of_mean.value, 0.005, 1e-7);
  EXPECT_NEAR(found.at(1, 7), 0.01, 1e-7);
}

}  // namespace
}  // namespace dovetail
