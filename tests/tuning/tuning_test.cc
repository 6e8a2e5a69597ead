// SPDX-License-Identifier: Apache-2.0
#include "tuning/tuning_method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "model/shapes.h"

namespace dovetail {
namespace {

using testing::HasSubstr;
using torch::Tensor;

constexpr int64_t kVocabulary = 60;

T5Config tiny_config() {
  nlohmann::json json = model_shapes().at("t5-tiny");
  json["vocab_size"] = kVocabulary;
  return t5_config_from(json);
}

T5Model tiny_model() { return {tiny_config(), random_weights(tiny_config(), 1)}; }

// Every entry of the catalogue: what it does not list stays bit-identical under a gradient step.
TEST(EveryTuning, LeavesFrozenWeightsAlone) {
  for (const TuningEntry& entry : tunings()) {
    T5Model model = tiny_model();
    const auto method = find_tuning(entry.name).make(model, entry.defaults, 5);
    const NamedTensors trained = method->trainable();
    Tensor ids = torch::tensor({{5, 6, 7, 1}}, torch::kInt64);
    if (const int64_t soft = method->soft_tokens().count; soft > 0) {
      ids = torch::cat({torch::arange(kVocabulary, kVocabulary + soft).unsqueeze(0), ids}, 1);
    }
    const Tensor mask = torch::ones({1, ids.size(1)});
    const Tensor memory = model.encode(method->embed(ids), mask);
    model.logits(model.decode(torch::tensor({{0, 8}}, torch::kInt64), memory, mask)).square().sum().backward();
    for (const auto& [name, tensor] : trained) EXPECT_TRUE(tensor.grad().defined()) << entry.name << " " << name;
    for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
      const bool is_trained = std::any_of(trained.begin(), trained.end(),
                                          [&](const auto& t) { return t.second.is_same(tensor); });
      EXPECT_EQ(tensor.grad().defined(), is_trained) << entry.name << " " << name;
    }
  }
}

TEST(SoftPrompt, TrainsTokensTimesModelWidth) {
  T5Model model = tiny_model();
  const auto method = find_tuning("soft_prompt").make(
      model, {{"num_virtual_tokens", 7}, {"placement", "after"}, {"initialization", "random_uniform"}}, 1);
  int64_t count = 0;
  for (const auto& [name, tensor] : method->trainable()) count += tensor.numel();
  EXPECT_EQ(count, 7 * 128);
  EXPECT_EQ(method->soft_tokens().placement, Placement::after);
}

TEST(SoftPrompt, PutsItsRowsWhereTheVirtualIdsStand) {
  T5Model model = tiny_model();
  nlohmann::json parameters = find_tuning("soft_prompt").entry.defaults;
  parameters["num_virtual_tokens"] = 2;
  const auto method = find_tuning("soft_prompt").make(model, parameters, 1);
  const Tensor prompt = method->trainable()[0].second;
  const Tensor embedded = method->embed(torch::tensor({{int64_t{9}, kVocabulary, kVocabulary + 1, int64_t{4}}}, torch::kInt64));
  EXPECT_TRUE(torch::equal(embedded[0][1], prompt[0]));
  EXPECT_TRUE(torch::equal(embedded[0][2], prompt[1]));
  EXPECT_TRUE(torch::equal(embedded[0][0], model.weights().shared_VD[9]));
  EXPECT_TRUE(torch::equal(embedded[0][3], model.weights().shared_VD[4]));
}

TEST(SoftPrompt, RefusesWhatMakesNoPrompt) {
  T5Model model = tiny_model();
  const Tuning& tuning = find_tuning("soft_prompt");
  for (const auto& [key, value] : std::vector<std::pair<std::string, nlohmann::json>>{
           {"num_virtual_tokens", 0}, {"placement", "middle"}, {"initialization", "zeros"}}) {
    nlohmann::json parameters = tuning.entry.defaults;
    parameters[key] = value;
    try {
      tuning.make(model, parameters, 1);
      ADD_FAILURE() << key;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(key));
    }
  }
}

TEST(FindTuning, SuggestsTheNearestName) {
  try {
    find_tuning("soft_promt");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"soft_prompt\""));
  }
}

}  // namespace
}  // namespace dovetail
