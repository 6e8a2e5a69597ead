// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/intervals.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dovetail {
namespace {

std::vector<float> constant_row(float score) { return std::vector<float>(4, score); }

const Scores kA{{"1", "2"}, {constant_row(0.2F), constant_row(0.4F)}};
const Scores kB{{"1", "2"}, {constant_row(0.3F), constant_row(0.3F)}};

RunVariance of_cells(const std::vector<std::pair<std::string, Scores>>& cells) {
  RunVariance variance;
  for (const auto& [block, scores] : cells) variance.add(block, scores);
  return variance;
}

// A third cell, as one that agrees with itself is left out.
const Scores kC{{"1", "2"}, {constant_row(0.31F), constant_row(0.29F)}};

// Cells 0.2 0.4 and 0.31 0.29: the residuals are -0.055 and 0.055, crosswise, so their mean square
// is 4 x 0.003025 with one degree. The differences are -0.11 and 0.11: variance 0.0242, halved.
TEST(RunVariance, OfADifferenceIsTheResidual) {
  const Variance found =
      of_cells({{"full", kA}, {"full", kC}}).of_mean({{"full", 1}, {"full", -1}}, 2);

  EXPECT_NEAR(found.value, 0.0121, 1e-7);
  EXPECT_NEAR(found.degrees(), 1, 1e-9);
}

// Of one cell: half the residual, 0.00605, and the variance of the seeds' means, 0.255 and 0.345:
// 0.00405; of two runs, half of the sum. That is the mean of both cells' own variances, 0.02 and
// 0.0002, halved. Degrees: (0.00605 + 0.00405)^2 / (0.00605^2 + 0.00405^2).
TEST(RunVariance, OfASingleScoreHoldsWhatTheSeedDoesToAll) {
  const Variance found = of_cells({{"full", kA}, {"full", kC}}).of_mean({{"full", 1}}, 2);

  EXPECT_NEAR(found.value, 0.00505, 1e-7);
  EXPECT_NEAR(found.degrees(), 0.0101 * 0.0101 / (0.00605 * 0.00605 + 0.00405 * 0.00405), 1e-4);
}

// Differences between tunings by seed: -0.11 and 0.11.
TEST(RunVariance, OfCellsOfTwoTuningsIsThatOfTheirDifferences) {
  const Variance found =
      of_cells({{"full", kA}, {"soft", kC}}).of_mean({{"full", 1}, {"soft", -1}}, 2);

  EXPECT_NEAR(found.value, 0.0121, 1e-7);
  EXPECT_NEAR(found.degrees(), 1, 1e-9);
}

TEST(RunVariance, CellsWhoseRunsAgreeInEverythingSayNothingOfLuck) {
  const std::vector<RunWeight> difference{{"full", 1}, {"full", -1}};

  EXPECT_NEAR(of_cells({{"full", kA}, {"full", kC}, {"full", kB}}).of_mean(difference, 2).value,
              0.0121, 1e-7);
  EXPECT_EQ(of_cells({{"full", kB}, {"full", kB}}).of_mean(difference, 2).value, 0);
}

TEST(RunVariance, IsUnknownWithOneRunOrOneCell) {
  const Scores once{{"1"}, {constant_row(0.2F)}};

  EXPECT_FALSE(of_cells({{"full", once}, {"full", once}}).of_mean({{"full", 1}}, 1).known);
  EXPECT_FALSE(of_cells({{"full", kA}}).of_mean({{"full", 1}, {"full", -1}}, 2).known);
  EXPECT_TRUE(of_cells({{"full", kA}}).of_mean({{"full", 1}}, 2).known);
  EXPECT_FALSE(RunVariance().of_mean({{"full", 1}}, 2).known);
  EXPECT_TRUE(RunVariance().of_mean({}, 1).known);  // nothing was trained
}

// 1 0 0 0: variance 0.25, of the mean 0.0625; three degrees of freedom reach 3.182 x 0.25.
TEST(Intervals, OfOneRunAreOfTheExamplesAlone) {
  const Scores scores{{"1"}, {{1, 0, 0, 0}}};

  const Estimate found = mean_estimate(scores, {{"full", 1}}, of_cells({{"full", scores}}));

  EXPECT_NEAR(found.mean, 0.25, 1e-9);
  EXPECT_NEAR(found.standard_error, 0.25, 1e-9);
  EXPECT_NEAR(found.low, 0.25 - 0.7956, 1e-3);
  EXPECT_FALSE(found.runs_known);
  EXPECT_EQ(found.items, 4);
}

// Two runs that agree are one; two that answer the other way round leave the examples nothing.
TEST(Intervals, TheExamplesPartLeavesOutTheLuckOfAnswers) {
  EXPECT_NEAR(example_variance({{"1", "2"}, {{1, 0, 0, 0}, {1, 0, 0, 0}}}).value, 0.0625, 1e-9);
  EXPECT_EQ(example_variance({{"1", "2"}, {{1, 0}, {0, 1}}}).value, 0);
  EXPECT_EQ(example_variance({{"1", "2"}, {{0.2F}, {0.4F}}}).value, 0);  // one score for the set
}

// Means 0.3 and 0.3. The variance of the runs is 0.0121, as above, with one degree: 12.706 x 0.11.
TEST(Intervals, OfADifferenceHoldTheLuckOfRuns) {
  const RunVariance variance = of_cells({{"full", kA}, {"full", kC}});

  const Estimate found = difference_estimate({kA, {{"full", 1}}}, {kC, {{"full", 1}}}, variance);

  EXPECT_NEAR(found.mean, 0, 1e-7);
  EXPECT_NEAR(found.high, 12.706 * 0.11, 1e-3);
  EXPECT_TRUE(found.runs_known);
  EXPECT_EQ(found.seeds, 2);
}

// A baseline has one row, and no luck of its own. Differences by example: 0.8 0.8 -0.2 -0.2 in both
// runs: variance 1/3, of the mean 1/12.
TEST(Intervals, ABaselineStandsAgainstEveryRun) {
  const Scores tuned{{"1", "2"}, {{1, 1, 0, 0}, {1, 1, 0, 0}}};
  const Scores baseline{{""}, {{0.2F, 0.2F, 0.2F, 0.2F}}};
  const RunVariance variance = of_cells({{"full", tuned}});

  const Estimate found = difference_estimate({tuned, {{"full", 1}}}, {baseline, {}}, variance);

  EXPECT_NEAR(found.mean, 0.3, 1e-6);
  EXPECT_NEAR(found.standard_error, std::sqrt(1.0 / 12), 1e-6);
  EXPECT_TRUE(found.runs_known);
}

TEST(Intervals, AConstantDifferenceHasNoWidth) {
  const Scores a{{"1", "2"}, {{0.1F, 0.5F, 0.9F}, {0.2F, 0.4F, 0.6F}}};
  Scores b = a;
  for (auto& row : b.rows) {
    for (float& score : row) score += 0.25F;
  }

  const Estimate found = difference_estimate({b, {{"full", 1}}}, {a, {{"full", 1}}},
                                             of_cells({{"full", a}, {"full", b}}));

  EXPECT_NEAR(found.low, 0.25, 1e-5);
  EXPECT_NEAR(found.high, 0.25, 1e-5);
}

// (1.9600 + 0.8416) x 0.1; with seven degrees (2.3646 + 0.8960) x 0.1.
TEST(Intervals, TheDetectableDifferenceIsOfItsPower) {
  EXPECT_NEAR(detectable_difference(0.1, 1e9), 0.28016, 1e-4);
  EXPECT_NEAR(detectable_difference(0.1, 7), 0.32606, 1e-4);
  EXPECT_EQ(detectable_difference(0, 7), 0);
}

}  // namespace
}  // namespace dovetail
