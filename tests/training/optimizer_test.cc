// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/rand_like.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "training/optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace dovetail {
namespace {

using at::Tensor;
using testing::HasSubstr;

OptimizerSettings named(const std::string& name) {
  OptimizerSettings settings;
  settings.name = name;
  return settings;
}

// The step is the learning rate times the tensor's RMS (5 / sqrt 2 for (3, 4)), towards -sign(g).
TEST(AdamW, RmsScalingMultipliesTheStep) {
  OptimizerSettings settings;
  settings.parameters["rms_scaling"] = true;
  Tensor parameter = at::tensor({3.0f, 4.0f}).requires_grad_(true);
  parameter.mutable_grad() = at::tensor({1.0f, -1.0f});
  make_optimizer(settings, {{"p", parameter}})->step(0.1, 1.0);
  const double step = 0.1 * 5 / std::sqrt(2.0);
  EXPECT_NEAR(parameter[0].item<float>(), 3 - step, 1e-5);
  EXPECT_NEAR(parameter[1].item<float>(), 4 + step, 1e-5);
}

// A tensor of zeros has no size: eighty steps at 0.01 move it as AdamW alone does, to 0.8 under a
// constant gradient. Scaled by the smallest scale it would be at 0.0008. The scale is that of the
// start: growing does not bring it back.
TEST(AdamW, RmsScalingLeavesATensorThatStartsAtZero) {
  for (const char* name : {"adamw", "adafactor"}) {
    OptimizerSettings settings = named(name);
    settings.parameters[name == std::string("adamw") ? "rms_scaling" : "scale_parameter"] = true;
    Tensor zero = at::zeros({3, 2}).requires_grad_(true), one = at::ones({2}).requires_grad_(true);
    const auto optimizer = make_optimizer(settings, {{"zero", zero}, {"one", one}});
    for (int step = 0; step < 80; ++step) {
      zero.mutable_grad() = at::full({3, 2}, -0.5f);
      one.mutable_grad() = at::zeros({2});
      optimizer->step(0.01, 1.0);
    }
    EXPECT_TRUE(at::allclose(zero, at::full({3, 2}, 0.8f), 1e-3, 0)) << name << zero;
  }
}

TEST(AdamW, DecayIsDecoupledFromTheGradient) {
  OptimizerSettings settings;
  settings.weight_decay = 0.5;
  Tensor parameter = at::tensor({2.0f}).requires_grad_(true);
  parameter.mutable_grad() = at::tensor({0.0f});
  make_optimizer(settings, {{"p", parameter}})->step(0.1, 1.0);
  EXPECT_NEAR(parameter[0].item<float>(), 2 * (1 - 0.05), 1e-6);
}

// At the first step beta2 is 0, so a vector's update is g / |g| = sign(g), whose RMS is 1: no
// clipping.
TEST(Adafactor, FirstStepOfAVectorIsTheSign) {
  Tensor parameter = at::zeros({3}).requires_grad_(true);
  parameter.mutable_grad() = at::tensor({0.5f, -2.0f, 8.0f});
  make_optimizer(named("adafactor"), {{"p", parameter}})->step(0.01, 1.0);
  EXPECT_TRUE(at::allclose(parameter, at::tensor({-0.01f, 0.01f, -0.01f}), 1e-4, 1e-7));
}

// A gradient of rank one is factored without loss: row mean times column mean over the whole mean
// gives g^2 back, so the update is the sign again.
TEST(Adafactor, FirstStepOfARankOneMatrixIsTheSign) {
  const Tensor gradient = at::outer(at::tensor({1.0f, -3.0f}), at::tensor({2.0f, 0.5f, 4.0f}));
  Tensor parameter = at::zeros({2, 3}).requires_grad_(true);
  parameter.mutable_grad() = gradient;
  make_optimizer(named("adafactor"), {{"p", parameter}})->step(0.01, 1.0);
  EXPECT_TRUE(at::allclose(parameter, -0.01 * gradient.sign(), 1e-4, 1e-7));
}

// rate min(0.01, 1 / sqrt(1)), times the scale max(1e-3, RMS of (3, 4) = 5 / sqrt 2), times the
// sign.
TEST(Adafactor, RelativeStepScalesByTheParameter) {
  OptimizerSettings settings = named("adafactor");
  settings.parameters = {{"relative_step", true}, {"scale_parameter", true}};
  Tensor parameter = at::tensor({3.0f, 4.0f}).requires_grad_(true);
  parameter.mutable_grad() = at::tensor({1.0f, -1.0f});
  make_optimizer(settings, {{"p", parameter}})->step(/*not used*/ 7.0, 1.0);
  const double step = 0.01 * 5 / std::sqrt(2.0);
  EXPECT_NEAR(parameter[0].item<float>(), 3 - step, 1e-6);
  EXPECT_NEAR(parameter[1].item<float>(), 4 + step, 1e-6);
}

// Velocities 1 and then 0.5 + 1; Nesterov's step is g + 0.5 v: 1.5, then 1.75.
TEST(Sgd, NesterovLooksAhead) {
  OptimizerSettings settings = named("sgd");
  settings.parameters = {{"momentum", 0.5}, {"nesterov", true}};
  Tensor parameter = at::tensor({0.0f}).requires_grad_(true);
  const auto optimizer = make_optimizer(settings, {{"p", parameter}});
  for (const float expected : {-0.15f, -0.325f}) {
    parameter.mutable_grad() = at::tensor({1.0f});
    optimizer->step(0.1, 1.0);
    EXPECT_NEAR(parameter.item<float>(), expected, 1e-6);
  }
}

// The momentum after a gradient of 1 is 0.01; the second blend 0.9 * 0.01 - 0.1 * 0.05 is still
// above 0, so a small gradient against it does not turn the step round. Decay takes 0.1 * 0.5 of p.
TEST(Lion, MovesByTheSignOfTheBlend) {
  OptimizerSettings settings = named("lion");
  settings.weight_decay = 0.5;
  Tensor parameter = at::tensor({2.0f}).requires_grad_(true);
  const auto optimizer = make_optimizer(settings, {{"p", parameter}});
  parameter.mutable_grad() = at::tensor({1.0f});
  optimizer->step(0.1, 1.0);
  EXPECT_NEAR(parameter.item<float>(), 2 * 0.95 - 0.1, 1e-6);
  parameter.mutable_grad() = at::tensor({-0.05f});
  optimizer->step(0.1, 1.0);
  EXPECT_NEAR(parameter.item<float>(), 1.8 * 0.95 - 0.1, 1e-6);
}

// Every entry, with its switches on: the vector kernels against LibTorch's operations in float64.
std::vector<OptimizerSettings> settings_of_every_kind() {
  std::vector<OptimizerSettings> all;
  for (const OptimizerEntry& entry : optimizers()) all.push_back(named(entry.name));
  for (const auto& [name, parameters] : std::vector<std::pair<std::string, nlohmann::json>>{
           {"adamw", {{"rms_scaling", true}, {"beta2", 0.95}}},
           {"adafactor", {{"scale_parameter", true}, {"beta1", 0.9}}},
           {"adafactor", {{"relative_step", true}, {"warmup_init", true}}},
           {"sgd", {{"momentum", 0.9}}},
           {"sgd", {{"momentum", 0.9}, {"nesterov", true}}}}) {
    all.push_back(named(name));
    all.back().parameters = parameters;
  }
  for (OptimizerSettings& settings : all) settings.weight_decay = 0.1;
  return all;
}

// Float32 cannot tell whether a sum that is 0 in float64 is above or below it: Lion's sign jumps
// there. Gradients of one sign keep away from it.
TEST(EveryOptimizer, KernelsEqualThePlainWay) {
  constexpr uint64_t kSeed = 11;
  for (const OptimizerSettings& settings : settings_of_every_kind()) {
    SCOPED_TRACE(settings.name + settings.parameters.dump() + " seed 11");
    at::manual_seed(kSeed);
    NamedTensors fast, plain;
    for (const std::vector<int64_t>& shape :
         {std::vector<int64_t>{37}, {300, 19}, {3, 5, 70}, {1, 8}, {40000}}) {
      fast.emplace_back("t", at::randn(shape).requires_grad_(true));
      plain.emplace_back("t", fast.back().second.detach().to(at::kDouble).requires_grad_(true));
    }
    const auto one = make_optimizer(settings, fast), other = make_optimizer(settings, plain);
    for (int step = 0; step < 5; ++step) {
      for (size_t i = 0; i < fast.size(); ++i) {
        const Tensor gradient = at::rand_like(fast[i].second.detach()) + 0.01;
        fast[i].second.mutable_grad() = gradient;
        plain[i].second.mutable_grad() = gradient.to(at::kDouble);
      }
      one->step(0.01, 0.7);
      other->step(0.01, 0.7);
    }
    for (size_t i = 0; i < fast.size(); ++i) {
      const Tensor difference = (fast[i].second.to(at::kDouble) - plain[i].second).abs().max();
      EXPECT_LT(difference.item<double>(), 2e-6) << "tensor " << i;
    }
  }
}

// Weights of other types are rounded once a step; the state is float32. They begin at zero, where
// even a step of a millionth shows.
TEST(EveryOptimizer, TakesBfloat16Weights) {
  for (const OptimizerSettings& settings : settings_of_every_kind()) {
    Tensor weight = at::zeros({4, 3}, at::kBFloat16).requires_grad_(true);
    const auto optimizer = make_optimizer(settings, {{"w", weight}});
    weight.mutable_grad() = at::ones({4, 3}, at::kBFloat16);
    optimizer->step(0.1, 1.0);
    for (const Tensor& state : optimizer->state()) EXPECT_EQ(state.scalar_type(), at::kFloat);
    // a rate that is warmed up from 1e-6 is lost in eight bits
    const bool too_small = settings.parameters.value("warmup_init", false);
    if (!too_small) {
      EXPECT_LT(weight[0][0].item<float>(), 0.0f) << settings.name << settings.parameters;
    }
  }
}

TEST(EveryOptimizer, LeavesTensorsWithoutGradientAlone) {
  for (const OptimizerEntry& entry : optimizers()) {
    const Tensor weight = at::ones({3}).requires_grad_(true);
    OptimizerSettings settings = named(entry.name);
    settings.weight_decay = 0.1;
    make_optimizer(settings, {{"w", weight}})->step(0.1, 1.0);
    EXPECT_TRUE(at::equal(weight, at::ones({3}))) << entry.name;
  }
}

TEST(MakeOptimizer, RefusesWhatIsOutOfRange) {
  for (const auto& [name, key, value] :
       std::vector<std::tuple<std::string, std::string, nlohmann::json>>{
           {"adamw", "beta1", 1.0},
           {"adamw", "epsilon", -1e-8},
           {"adafactor", "warmup_init", true},
           {"adafactor", "decay_rate", 0.5},
           {"sgd", "nesterov", true},
           {"lion", "beta2", -0.1}}) {
    OptimizerSettings settings = named(name);
    settings.parameters[key] = value;
    try {
      make_optimizer(settings, {});
      ADD_FAILURE() << name << " " << key;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(key));
    }
  }
  EXPECT_THROW(make_optimizer(named("adagrad"), {}), ConfigError);
}

TEST(GradientNorm, OverAllTensors) {
  Tensor a = at::zeros({1}).requires_grad_(true), b = at::zeros({1}).requires_grad_(true);
  a.mutable_grad() = at::tensor({3.0f});
  b.mutable_grad() = at::tensor({4.0f});
  EXPECT_DOUBLE_EQ(gradient_norm({{"a", a}, {"b", b}}), 5.0);
}

}  // namespace
}  // namespace dovetail
