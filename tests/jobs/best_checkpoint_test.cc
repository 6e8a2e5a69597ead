// SPDX-License-Identifier: Apache-2.0
#include "jobs/best_checkpoint.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

using at::Tensor;

// The values of the points are 1, 2, 3, 4 and their scores 0.5, 0.9, 0.9, 0.7: the second stays the
// best, two points ago.
TEST(BestCheckpoint, GoesBackToTheFirstOfTheBestPoints) {
  const Tensor weight = at::tensor({0.0F, 0.0F}).requires_grad_(true);
  const NamedTensors trained{{"w", weight}};
  BestCheckpoint best;
  int64_t step = 0;
  for (const double score : {0.5, 0.9, 0.9, 0.7}) {
    const at::NoGradGuard no_grad;
    step += 10;
    Tensor(weight).fill_(static_cast<double>(step) / 10);
    best.offer(trained, score, step);
  }
  EXPECT_EQ(best.step(), 20);
  EXPECT_EQ(best.score(), 0.9);
  EXPECT_EQ(best.points_since(), 2);
  best.restore(trained);
  EXPECT_TRUE(at::equal(weight, at::tensor({2.0F, 2.0F})));
}

}  // namespace
}  // namespace dovetail
