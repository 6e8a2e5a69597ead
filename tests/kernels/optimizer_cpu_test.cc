// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer_cpu.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <vector>

namespace dovetail {
namespace {

// First step by hand: m = 0.1 g, v = 0.001 g^2, both corrected back to g and g^2, so the step is
// the learning rate in the direction of g's sign: 1 - 0.5 = 0.5.
TEST(AdamWUpdate, FirstStepMovesByTheLearningRate) {
  float parameter = 1, gradient = 4, first = 0, second = 0;
  adamw_update(&parameter, &gradient, &first, &second, 1,
               {.learning_rate = 0.5f,
                .beta1 = 0.9f,
                .beta2 = 0.999f,
                .epsilon = 1e-8f,
                .correction1 = 1 - 0.9f,
                .correction2 = 1 - 0.999f});
  EXPECT_NEAR(parameter, 0.5f, 1e-5);
  EXPECT_NEAR(first, 0.4f, 1e-6);
  EXPECT_NEAR(second, 0.016f, 1e-6);
}

TEST(AdamWUpdate, EqualsLibTorchsAdamWOverTwentySteps) {
  at::manual_seed(3);
  const at::Tensor start = at::randn({1003});
  at::Tensor theirs = start.clone().requires_grad_(true);
  at::Tensor ours = start.clone(), first = at::zeros({1003}), second = at::zeros({1003});
  torch::optim::AdamW reference({theirs}, torch::optim::AdamWOptions(1e-2).weight_decay(0.1));
  for (int t = 1; t <= 20; ++t) {
    const at::Tensor gradient = at::randn({1003});
    theirs.mutable_grad() = gradient.clone();
    reference.step();
    const float c1 = 1 - std::pow(0.9f, t), c2 = 1 - std::pow(0.999f, t);
    adamw_update(ours.data_ptr<float>(), gradient.data_ptr<float>(), first.data_ptr<float>(),
                 second.data_ptr<float>(), 1003,
                 {.learning_rate = 1e-2f,
                  .beta1 = 0.9f,
                  .beta2 = 0.999f,
                  .epsilon = 1e-8f,
                  .weight_decay = 0.1f,
                  .correction1 = c1,
                  .correction2 = c2});
  }
  EXPECT_LT((ours - theirs).abs().max().item<float>(), 1e-5);
}

TEST(SumOfSquares, OfManyValues) {
  const std::vector<float> values(100001, 0.5f);
  EXPECT_DOUBLE_EQ(sum_of_squares(values.data(), 100001), 25000.25);
}

}  // namespace
}  // namespace dovetail
