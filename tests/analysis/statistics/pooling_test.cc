// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/pooling.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

const Effect kItself = [](const std::vector<double>& parts) { return parts[0]; };
const Effect kRelative = [](const std::vector<double>& parts) { return parts[0] / parts[1] - 1; };

TaskParts flat(std::vector<double> means, size_t resamples = 2000) {
  TaskParts parts{means, {}};
  for (const double mean : means) parts.resampled.emplace_back(resamples, mean);
  return parts;
}

// Tables of Student's t, Abramowitz and Stegun 1964, table 26.10.
TEST(Pooling, StudentsDistributionIsTheTables) {
  EXPECT_NEAR(student_cdf(12.706, 1), 0.975, 1e-5);
  EXPECT_NEAR(student_cdf(4.303, 2), 0.975, 1e-5);
  EXPECT_NEAR(student_cdf(2.571, 5), 0.975, 1e-4);
  EXPECT_NEAR(student_cdf(-2.447, 6), 0.025, 1e-4);
  EXPECT_NEAR(student_cdf(0, 4), 0.5, 1e-12);
}

// Hesterberg 2015, table 2: for n = 5 the 2.5 % become 0.1 %, for n = 10 0.9 %, for n = 20 1.6 %.
TEST(Pooling, PercentilesAreExpandedAsPublished) {
  EXPECT_NEAR(expanded_tail(0.025, 5), 0.0010, 0.0001);
  EXPECT_NEAR(expanded_tail(0.025, 10), 0.0086, 0.0003);
  EXPECT_NEAR(expanded_tail(0.025, 20), 0.0159, 0.0003);
}

TEST(Pooling, FewTasksStayAsTheyAre) {
  const PooledEffect found = pool({flat({0.1}), flat({0.3})}, kItself, 0, {});

  EXPECT_FALSE(found.tasks_resampled);
  EXPECT_NEAR(found.estimate.mean, 0.2, 1e-12);
  EXPECT_NEAR(found.estimate.low, 0.2, 1e-12);  // nothing varies within them
  EXPECT_NEAR(found.estimate.high, 0.2, 1e-12);
  EXPECT_NEAR(found.p_value, 2 * 0.5 / 2001, 1e-12);
}

TEST(Pooling, ManyTasksAreDrawn) {
  std::vector<TaskParts> tasks;
  for (const double effect : {0.1, 0.2, 0.3, 0.4, 0.5}) tasks.push_back(flat({effect}));

  const PooledEffect found = pool(tasks, kItself, 0, {});

  EXPECT_TRUE(found.tasks_resampled);
  EXPECT_NEAR(found.estimate.mean, 0.3, 1e-12);
  // Student's interval is 0.3 +- 2.776 * 0.1581 / sqrt(5) = 0.104 to 0.496; the least of five is
  // 0.1.
  EXPECT_NEAR(found.estimate.low, 0.104, 0.03);
  EXPECT_NEAR(found.estimate.high, 0.496, 0.03);
  EXPECT_NEAR(pool(tasks, kItself, 0.3, {}).p_value, 1, 0.1);
  // Beyond all resamples: (0.3 - 1) / (0.1414 / sqrt(5)) = -11.07, widened by sqrt(4 / 5) to t =
  // -9.90 with 4 degrees.
  EXPECT_NEAR(pool(tasks, kItself, 1, {}).p_value, 2 * student_cdf(-9.90, 4), 0.0001);
}

TEST(Pooling, ARatioIsTakenOfTheMeans) {
  const PooledEffect found = pool({flat({0.2, 0.1}), flat({0.5, 0.4})}, kRelative, 0, {});

  EXPECT_NEAR(found.estimate.mean, 0.7 / 0.5 - 1, 1e-12);  // and not the mean of 1 and 0.25
}

Estimate on_task(double mean, double error = 0.01) {
  return {.mean = mean, .standard_error = error, .degrees = 1e6};
}

// 0.1 to 0.5: mean 0.3, standard error 0.1581 / sqrt(5) = 0.0707; nothing is skewed, so the
// interval is Student's with three degrees: 3.182 standard errors.
TEST(Pooling, DrawnTasksHaveStudentsInterval) {
  const PooledEffect found =
      pool_estimates({on_task(0.1), on_task(0.2), on_task(0.3), on_task(0.4), on_task(0.5)}, 0);

  EXPECT_TRUE(found.tasks_resampled);
  EXPECT_NEAR(found.estimate.mean, 0.3, 1e-12);
  EXPECT_NEAR(found.estimate.low, 0.3 - 3.182 * 0.07071, 1e-4);
  EXPECT_NEAR(found.estimate.high, 0.3 + 3.182 * 0.07071, 1e-4);
  EXPECT_NEAR(found.p_value, 2 * student_cdf(-0.3 / 0.07071, 3), 1e-5);
}

// 0 0 0 0 1: standard error 0.2, skewness 5/12 x (4 x -0.4472^3 + 1.7889^3) = 2.236, over the root
// of five 1. Hall's inverse at 3.182 is 3 (cbrt(1 + 3.182 - 1/6) - 1) = 1.768, at -3.182 -6.988.
TEST(Pooling, SkewedTasksReachFurtherOnTheLongSide) {
  const PooledEffect found =
      pool_estimates({on_task(0), on_task(0), on_task(0), on_task(0), on_task(1)}, 0);

  EXPECT_NEAR(found.estimate.low, 0.2 - 1.768 * 0.2, 1e-3);
  EXPECT_NEAR(found.estimate.high, 0.2 + 6.988 * 0.2, 1e-3);
}

// Two tasks: standard error sqrt(0.1^2 + 0.2^2) / 2, however far apart they are.
TEST(Pooling, FewTasksHaveTheirOwnErrors) {
  const PooledEffect found = pool_estimates({on_task(0, 0.1), on_task(1, 0.2)}, 0);

  EXPECT_FALSE(found.tasks_resampled);
  EXPECT_NEAR(found.estimate.mean, 0.5, 1e-12);
  EXPECT_NEAR(found.estimate.standard_error, 0.1118, 1e-4);
  EXPECT_NEAR(found.estimate.high, 0.5 + 1.96 * 0.1118, 1e-3);
}

// Holm's example in Wright 1992, "Adjusted p-values for simultaneous inference": sorted and scaled
// by 4, 3, 2, 1, never falling.
TEST(Pooling, HolmScalesAndNeverFalls) {
  const std::vector<double> found = holm({0.01, 0.04, 0.03, 0.005});

  const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(found[i], expected[i], 1e-12) << i;
  EXPECT_EQ(holm({0.9, 0.8}), (std::vector<double>{1, 1}));
  EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace dovetail
