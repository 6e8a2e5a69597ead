// SPDX-License-Identifier: Apache-2.0
#include "training/parameter_groups.h"

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

using at::Tensor;
using testing::HasSubstr;

// SGD without momentum moves by rate times gradient, so that rates can be read off.
class GroupsTest : public testing::Test {
 protected:
  GroupsTest() {
    settings_.name = "sgd";
    settings_.learning_rate = 0.5;
    settings_.parameters["momentum"] = 0.0;
  }

  // Where the tensors are after step `step` of 10 along gradients of one.
  std::vector<double> after(int64_t step, const std::vector<std::string>& names) {
    NamedTensors trained;
    for (const std::string& name : names) {
      trained.emplace_back(name, at::zeros({1}).requires_grad_(true));
      trained.back().second.mutable_grad() = at::full({1}, 1.0f);
    }
    ParameterGroups(settings_, trained).step(step, 10, 1);
    std::vector<double> values;
    for (const auto& [name, tensor] : trained) values.push_back(tensor.item<double>());
    return values;
  }

  OptimizerSettings settings_;
};

TEST_F(GroupsTest, TheFirstGroupThatFitsHasTheTensor) {
  settings_.groups = {{.names = "*lora_B*", .learning_rate_ratio = 16},
                      {.names = "*lora*", .learning_rate = 0.25}};
  const std::vector<double> expected{-8, -0.25, -0.5};
  EXPECT_EQ(after(0, {"q.lora_B.weight", "q.lora_A.weight", "norm"}), expected);
}

// Half-way down a line to zero, which begins behind a warm-up of two steps; and constant.
TEST_F(GroupsTest, EachHasItsSchedule) {
  settings_.groups = {{.names = "b", .learning_rate_ratio = 1, .schedule = "linear", .warmup = 2}};
  const std::vector<double> expected{-0.5, -0.25};
  EXPECT_EQ(after(6, {"a", "b"}), expected);
}

TEST_F(GroupsTest, AGroupOfNothingIsRefused) {
  settings_.groups = {{.names = "*lora_B*"}};
  try {
    after(0, {"prompt_embeddings"});
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("*lora_B*"));
    EXPECT_THAT(error.what(), HasSubstr("prompt_embeddings"));
  }
}

// B starts at zero, so A is not scaled by its size, though B is in another group.
TEST_F(GroupsTest, FactorsAreSeenAcrossGroups) {
  settings_.name = "adamw";
  settings_.parameters = {{"rms_scaling", true}};
  settings_.groups = {{.names = "*lora_B*"}};
  NamedTensors trained = {{"q.lora_A.weight", at::full({1}, 0.01f).requires_grad_(true)},
                          {"q.lora_B.weight", at::zeros({1}).requires_grad_(true)}};
  for (auto& [name, tensor] : trained) tensor.mutable_grad() = at::full({1}, 1.0f);
  ParameterGroups(settings_, trained).step(0, 10, 1);
  EXPECT_NEAR(trained[0].second.item<double>(), 0.01 - 0.5, 1e-5);
}

}  // namespace
}  // namespace dovetail
