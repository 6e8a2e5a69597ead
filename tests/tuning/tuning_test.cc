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

Tensor logits_of(const T5Model& model) {
  const Tensor ids = torch::tensor({{5, 6, 7, 1}, {9, 10, 1, 0}}, torch::kInt64);
  const Tensor mask = (ids > 0).to(torch::kFloat32);
  const Tensor memory = model.encode(model.embed(ids), mask);
  return model.logits(model.decode(torch::tensor({{0, 8, 3}, {0, 4, 2}}, torch::kInt64), memory, mask));
}

// Twelve modules of the tiny model, two in each of six attentions, of 128 inputs and outputs.
TEST(Lora, TrainsTwoThinMatricesAModule) {
  T5Model model = tiny_model();
  nlohmann::json parameters = find_tuning("lora").entry.defaults;
  parameters["r"] = 4;
  const auto method = find_tuning("lora").make(model, parameters, 1);
  int64_t count = 0;
  for (const auto& [name, tensor] : method->trainable()) count += tensor.numel();
  EXPECT_EQ(count, 12 * 4 * (128 + 128));
  EXPECT_EQ(method->trainable()[0].first, "encoder.block.0.layer.0.SelfAttention.q.lora_A.weight");
}

TEST(Lora, BeginsAsTheUntunedModel) {
  T5Model model = tiny_model();
  const Tensor before = logits_of(model);
  const auto method = find_tuning("lora").make(model, find_tuning("lora").entry.defaults, 1);
  // not bit by bit: a frozen model's products are packed, and add up in another order
  EXPECT_TRUE(torch::allclose(logits_of(model), before, 1e-5, 1e-5));
}

// A model with W + alpha / r B A in place of W (Hu et al. 2021, sec. 4.1), and a gradient on it:
// dB = alpha / r dW A^T and dA = alpha / r B^T dW by the chain rule.
class MergedLora : public testing::Test {
 protected:
  MergedLora() {
    nlohmann::json parameters = find_tuning("lora").entry.defaults;
    parameters["r"] = 3;
    parameters["lora_alpha"] = 6.0;
    parameters["target_modules"] = {"q", "v", "k", "o", "wi", "wo"};
    method_ = find_tuning("lora").make(tuned_, parameters, 1);
    torch::manual_seed(4);
    for (auto& [name, tensor] : method_->trainable()) tensor.detach().normal_(0, 0.05);
    NamedTensors weights = named_tensors(merged_.config(), merged_.weights());
    const NamedTensors thin = method_->trainable();
    for (size_t i = 0; i < thin.size(); i += 2) {
      const std::string name = thin[i].first.substr(0, thin[i].first.rfind(".lora_A")) + ".weight";
      const auto weight = std::find_if(weights.begin(), weights.end(),
                                       [&](const auto& entry) { return entry.first == name; });
      weight->second.add_(torch::mm(thin[i + 1].second.detach(), thin[i].second.detach()), 2);
      modules_.push_back({weight->second, thin[i].second, thin[i + 1].second});
    }
  }
  struct Module {
    Tensor weight, a_rK, b_Nr;
  };
  T5Model tuned_ = tiny_model(), merged_ = tiny_model();
  std::unique_ptr<TuningMethod> method_;
  std::vector<Module> modules_;
};

TEST_F(MergedLora, HasTheSameLogits) {
  EXPECT_EQ(modules_.size(), 6u * 4 + 4u * 2);
  const Tensor expected = logits_of(merged_);
  EXPECT_GT((expected - logits_of(tiny_model())).abs().max().item<double>(), 0.1);
  EXPECT_LT((logits_of(tuned_) - expected).abs().max().item<double>(), 1e-4);
}

TEST_F(MergedLora, HasTheGradientsOfTheChainRule) {
  for (Module& module : modules_) module.weight.requires_grad_(true);
  logits_of(merged_).square().sum().backward();
  logits_of(tuned_).square().sum().backward();
  for (const Module& module : modules_) {
    const Tensor dw = module.weight.grad();
    const Tensor da = 2 * torch::mm(module.b_Nr.t(), dw), db = 2 * torch::mm(dw, module.a_rK.t());
    EXPECT_LT((module.a_rK.grad() - da).norm().item<double>() / da.norm().item<double>(), 1e-4);
    EXPECT_LT((module.b_Nr.grad() - db).norm().item<double>() / db.norm().item<double>(), 1e-4);
  }
}

TEST(Lora, DropsOnlyWhileItTrains) {
  T5Model model = tiny_model();
  nlohmann::json parameters = find_tuning("lora").entry.defaults;
  parameters["lora_dropout"] = 0.5;
  const auto method = find_tuning("lora").make(model, parameters, 1);
  for (auto& [name, tensor] : method->trainable()) tensor.detach().fill_(0.1);
  const Tensor evaluated = logits_of(model);
  EXPECT_TRUE(torch::equal(logits_of(model), evaluated));

  model.set_dropout(0, 7);   // a step's seed
  const Tensor trained = logits_of(model);
  EXPECT_FALSE(torch::equal(trained, evaluated));
  EXPECT_TRUE(torch::equal(logits_of(model), trained));
  model.set_dropout(0, 8);
  EXPECT_FALSE(torch::equal(logits_of(model), trained));

  model.set_dropout(0);
  EXPECT_TRUE(torch::equal(logits_of(model), evaluated));
}

TEST(Lora, RefusesWhatMakesNoAdapter) {
  T5Model model = tiny_model();
  const Tuning& tuning = find_tuning("lora");
  for (const auto& [key, value] : std::vector<std::pair<std::string, nlohmann::json>>{
           {"r", 0}, {"lora_alpha", 0.0}, {"lora_dropout", 1.0}, {"target_modules", {"wi_0"}},
           {"target_modules", nlohmann::json::array()}}) {
    nlohmann::json parameters = tuning.entry.defaults;
    parameters[key] = value;
    try {
      tuning.make(model, parameters, 1);
      ADD_FAILURE() << key << value;
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
