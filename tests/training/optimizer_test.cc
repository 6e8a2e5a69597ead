// SPDX-License-Identifier: Apache-2.0
#include "training/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dovetail {
namespace {

using torch::Tensor;

// The step is the learning rate times the tensor's RMS (5 / sqrt 2 for (3, 4)), towards -sign(g).
TEST(AdamW, RmsScalingMultipliesTheStep) {
  OptimizerSettings settings;
  settings.rms_scaling = true;
  Tensor parameter = torch::tensor({3.0f, 4.0f}).requires_grad_(true);
  parameter.mutable_grad() = torch::tensor({1.0f, -1.0f});
  make_optimizer(settings, {{"p", parameter}})->step(0.1, 1.0);
  const double step = 0.1 * 5 / std::sqrt(2.0);
  EXPECT_NEAR(parameter[0].item<float>(), 3 - step, 1e-5);
  EXPECT_NEAR(parameter[1].item<float>(), 4 + step, 1e-5);
}

TEST(AdamW, DecayIsDecoupledFromTheGradient) {
  OptimizerSettings settings;
  settings.weight_decay = 0.5;
  Tensor parameter = torch::tensor({2.0f}).requires_grad_(true);
  parameter.mutable_grad() = torch::tensor({0.0f});
  make_optimizer(settings, {{"p", parameter}})->step(0.1, 1.0);
  EXPECT_NEAR(parameter[0].item<float>(), 2 * (1 - 0.05), 1e-6);
}

// At the first step beta2 is 0, so a vector's update is g / |g| = sign(g), whose RMS is 1: no clipping.
TEST(Adafactor, FirstStepOfAVectorIsTheSign) {
  Tensor parameter = torch::zeros({3}).requires_grad_(true);
  parameter.mutable_grad() = torch::tensor({0.5f, -2.0f, 8.0f});
  make_adafactor({{"p", parameter}})->step(0.01, 1.0);
  EXPECT_TRUE(torch::allclose(parameter, torch::tensor({-0.01f, 0.01f, -0.01f}), 1e-4, 1e-7));
}

// A gradient of rank one is factored without loss: row mean times column mean over the whole mean
// gives g^2 back, so the update is the sign again.
TEST(Adafactor, FirstStepOfARankOneMatrixIsTheSign) {
  const Tensor gradient = torch::outer(torch::tensor({1.0f, -3.0f}), torch::tensor({2.0f, 0.5f, 4.0f}));
  Tensor parameter = torch::zeros({2, 3}).requires_grad_(true);
  parameter.mutable_grad() = gradient;
  make_adafactor({{"p", parameter}})->step(0.01, 1.0);
  EXPECT_TRUE(torch::allclose(parameter, -0.01 * gradient.sign(), 1e-4, 1e-7));
}

TEST(GradientNorm, OverAllTensors) {
  Tensor a = torch::zeros({1}).requires_grad_(true), b = torch::zeros({1}).requires_grad_(true);
  a.mutable_grad() = torch::tensor({3.0f});
  b.mutable_grad() = torch::tensor({4.0f});
  EXPECT_DOUBLE_EQ(gradient_norm({{"a", a}, {"b", b}}), 5.0);
}

}  // namespace
}  // namespace dovetail
