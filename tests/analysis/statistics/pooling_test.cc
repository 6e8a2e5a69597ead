// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/pooling.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

Estimate on_task(double mean, double error = 0.01) {
  return {.mean = mean, .standard_error = error, .degrees = 1e6};
}

// 0.1 to 0.5: mean 0.3, standard error 0.1581 / sqrt(5) = 0.0707; nothing is skewed, so the
// interval is Student's with three degrees: 3.182 standard errors.
TEST(Pooling, DrawnTasksHaveStudentsInterval) {
  const PooledEffect found =
      pool_estimates({on_task(0.1), on_task(0.2), on_task(0.3), on_task(0.4), on_task(0.5)});

  EXPECT_TRUE(found.tasks_drawn);
  EXPECT_NEAR(found.estimate.mean, 0.3, 1e-12);
  EXPECT_NEAR(found.estimate.low, 0.3 - 3.182 * 0.07071, 1e-4);
  EXPECT_NEAR(found.estimate.high, 0.3 + 3.182 * 0.07071, 1e-4);
  EXPECT_NEAR(found.p_value, 0.0240, 2e-4);  // of t = 4.243
}

// 0 0 0 0 1: standard error 0.2, skewness 5/12 x (4 x -0.4472^3 + 1.7889^3) = 2.236, over the root
// of five 1. effect_test_test.cc has how far Hall's interval reaches.
TEST(Pooling, SkewedTasksReachFurtherOnTheLongSide) {
  const PooledEffect found =
      pool_estimates({on_task(0), on_task(0), on_task(0), on_task(0), on_task(1)});

  EXPECT_NEAR(found.estimate.low, 0.2 - 1.768 * 0.2, 1e-3);
  EXPECT_NEAR(found.estimate.high, 0.2 + 7.303 * 0.2, 1e-3);
}

// Two tasks: standard error sqrt(0.1^2 + 0.2^2) / 2, however far apart they are.
TEST(Pooling, FewTasksHaveTheirOwnErrors) {
  const PooledEffect found = pool_estimates({on_task(0, 0.1), on_task(1, 0.2)});

  EXPECT_FALSE(found.tasks_drawn);
  EXPECT_NEAR(found.estimate.mean, 0.5, 1e-12);
  EXPECT_NEAR(found.estimate.standard_error, 0.1118, 1e-4);
  EXPECT_NEAR(found.estimate.high, 0.5 + 1.96 * 0.1118, 1e-3);
}

}  // namespace
}  // namespace dovetail
