// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <torch/torch.h>

#include "tuning/tuning_method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>

#include "base/error.h"
#include "tuning/tiny_model.h"

namespace dovetail {
namespace {

using at::Tensor;
using testing::HasSubstr;

nlohmann::json defaults_of(const std::string& tuning) {
  return defaults_of(find_tuning(tuning).entry.parameters);
}

TEST(SoftPrompt, PutsItsRowsWhereTheVirtualIdsStand) {
  T5Model model = tiny_model();
  nlohmann::json parameters = defaults_of("soft_prompt");
  parameters["num_virtual_tokens"] = 2;
  const auto method = find_tuning("soft_prompt").make(model, parameters, 1);
  const Tensor prompt = method->trainable()[0].second;
  const Tensor embedded = method->embed(
      torch::tensor({{int64_t{9}, kVocabulary, kVocabulary + 1, int64_t{4}}}, at::kLong));
  EXPECT_TRUE(at::equal(embedded[0][1], prompt[0]));
  EXPECT_TRUE(at::equal(embedded[0][2], prompt[1]));
  EXPECT_TRUE(at::equal(embedded[0][0], model.weights().shared_VD[9]));
  EXPECT_TRUE(at::equal(embedded[0][3], model.weights().shared_VD[4]));
}

TEST(SoftPrompt, RefusesWhatMakesNoPrompt) {
  T5Model model = tiny_model();
  const Tuning& tuning = find_tuning("soft_prompt");
  for (const auto& [key, value] : std::vector<std::pair<std::string, nlohmann::json>>{
           {"num_virtual_tokens", 0},
           {"placement", "middle"},
           {"initialization", "zeros"},
           {"initialization", "saved"},
           {"initialization_folder", "/some/folder"},
           {"encoder", "gru"},
           {"encoder", "mlp@x"},
           {"encoder", "mlp@1@2@3"},
           {"encoder_layers", -1}}) {
    nlohmann::json parameters = defaults_of(tuning.entry.parameters);
    parameters[key] = value;
    try {
      tuning.make(model, parameters, 1);
      ADD_FAILURE() << key;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(key));
    }
    EXPECT_THROW(resolve_parameters(tuning.entry, parameters), ConfigError) << key;
  }
}

nlohmann::json prompt_parameters(const std::string& key, const nlohmann::json& value,
                                 int64_t count = 6) {
  nlohmann::json parameters = defaults_of("soft_prompt");
  parameters["num_virtual_tokens"] = count;
  parameters[key] = value;
  return parameters;
}

Tensor start_of(T5Model& model, const nlohmann::json& parameters, uint64_t seed,
                const SoftTokenPlan& plan = {}) {
  return find_tuning("soft_prompt")
      .make(model, parameters, seed, plan)
      ->trainable()[0]
      .second.detach()
      .clone();
}

// Theirs began at rows 0 to k-1 (pad, eos, unknown ...), the same for every task and seed.
TEST(Trap11, APromptDoesNotBeginAtTheFirstRows) {
  T5Model model = tiny_model();
  const Tensor first = model.weights().shared_VD.slice(0, 0, 6);
  for (const char* initialization :
       {"sampled_vocabulary", "random_uniform", "random_normal", "words"}) {
    const nlohmann::json parameters = prompt_parameters("initialization", initialization);
    const Tensor one = start_of(model, parameters, 1);
    EXPECT_FALSE(at::equal(one, first)) << initialization;
    EXPECT_FALSE(at::equal(one, start_of(model, parameters, 2))) << initialization;
    EXPECT_TRUE(at::equal(one, start_of(model, parameters, 1))) << initialization;
    for (int64_t special = 0; special < 3; ++special) {
      EXPECT_FALSE((one == first[special]).all(1).any().item<bool>()) << initialization;
    }
  }
}

TEST(SoftPrompt, SamplesRowsOfTheVocabularyWithoutRepeating) {
  T5Model model = tiny_model();
  const Tensor start =
      start_of(model, prompt_parameters("initialization", "sampled_vocabulary", 57), 3);
  std::set<int64_t> rows;
  for (int64_t i = 0; i < 57; ++i) {
    const Tensor equal = (model.weights().shared_VD == start[i]).all(1);
    ASSERT_EQ(equal.sum().item<int64_t>(), 1) << i;
    rows.insert(equal.nonzero().item<int64_t>());
  }
  EXPECT_EQ(rows.size(), 57u);  // all of the 60 but pad, </s> and <unk>
}

// By hand: the mean of rows 7 and 9, and row 5.
TEST(SoftPrompt, BeginsAtTheWordsOfItsNames) {
  T5Model model = tiny_model();
  const SoftTokenPlan plan{{{"r.seen", "r", {7, 9}}, {"r.as", "r", {5}}, {"r.P0", "r", {}}}};
  const auto method =
      find_tuning("soft_prompt").make(model, prompt_parameters("initialization", "words"), 1, plan);
  const Tensor start = method->trainable()[0].second.detach();
  const Tensor& rows = model.weights().shared_VD;
  EXPECT_TRUE(at::allclose(start[0], (rows[7] + rows[9]) / 2));
  EXPECT_TRUE(at::equal(start[1], rows[5]));
  EXPECT_EQ(method->num_soft_tokens(), 3);
  EXPECT_EQ(method->notes().at("from_words"), 2);
  EXPECT_EQ(method->notes().at("num_soft_tokens"), 3);
}

TEST(SoftPrompt, BeginsAtASavedPrompt) {
  T5Model model = tiny_model();
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("prompt_{}", getpid());
  const SoftTokenPlan saved{{{"com0", "", {}}, {"r.P0", "r", {}}}};
  const auto method =
      find_tuning("soft_prompt")
          .make(model, prompt_parameters("initialization", "random_normal"), 1, saved);
  method->save(folder);
  const Tensor vectors = method->trainable()[0].second.detach();
  nlohmann::json parameters = prompt_parameters("initialization", "saved");
  parameters["initialization_folder"] = folder.string();

  const Tensor named = start_of(model, parameters, 2, {{{"s.P0", "s", {}}, {"com0", "", {}}}});
  EXPECT_TRUE(at::equal(named[1], vectors[0]));
  EXPECT_FALSE(at::equal(named[0], vectors[1]));
  EXPECT_TRUE(
      at::equal(start_of(model, parameters, 2, {{{"s.P0", "s", {}}, {"s.P1", "s", {}}}}), vectors));
  EXPECT_THROW(start_of(model, parameters, 2, {{{"s.P0", "s", {}}}}), ConfigError);
  parameters["initialization_folder"] = "/no/such/folder";
  EXPECT_THROW(start_of(model, parameters, 2), ConfigError);
  std::filesystem::remove_all(folder);
}

std::map<std::string, std::vector<int64_t>> shapes_of(const nlohmann::json& parameters) {
  T5Model model = tiny_model();
  const auto method = find_tuning("soft_prompt").make(model, parameters, 1);
  std::map<std::string, std::vector<int64_t>> shapes;
  for (const auto& [name, tensor] : method->trainable()) shapes[name] = tensor.sizes().vec();
  return shapes;
}

// Theirs read layers and hidden size in a branch that nothing reached, and took plain mlp. d_model
// is 128.
TEST(Trap12, EncodersHaveTheLayersAndWidthAskedFor) {
  const std::map<std::string, std::vector<int64_t>> mlp = {
      {"prompt_embeddings", {6, 128}},         {"prompt_encoder.linear.0.weight", {200, 128}},
      {"prompt_encoder.linear.0.bias", {200}}, {"prompt_encoder.linear.1.weight", {200, 200}},
      {"prompt_encoder.linear.1.bias", {200}}, {"prompt_encoder.linear.2.weight", {128, 200}},
      {"prompt_encoder.linear.2.bias", {128}}};
  EXPECT_EQ(shapes_of(prompt_parameters("encoder", "mlp@2@200")), mlp);
  nlohmann::json spelled = prompt_parameters("encoder", "mlp");
  spelled["encoder_layers"] = 2;
  spelled["encoder_hidden"] = 200;
  EXPECT_EQ(shapes_of(spelled), mlp);
  EXPECT_EQ(shapes_of(prompt_parameters("encoder", "mlp")).at("prompt_encoder.linear.0.weight"),
            (std::vector<int64_t>{128, 128}));
  const auto residual = shapes_of(prompt_parameters("encoder", "mlp_residual@2@30"));
  EXPECT_EQ(residual.at("prompt_encoder.linear.2.weight"), (std::vector<int64_t>{30, 128}));
  EXPECT_EQ(residual.at("prompt_encoder.linear.3.weight"), (std::vector<int64_t>{128, 30}));
  EXPECT_EQ(residual.size(), 9u);
  const auto lstm =
      shapes_of(prompt_parameters("encoder", "lstm"));  // two layers, half of 128 a direction
  EXPECT_EQ(lstm.at("prompt_encoder.lstm.weight_ih_l1_reverse"),
            (std::vector<int64_t>{4 * 64, 128}));
  EXPECT_EQ(lstm.size(), 1u + 2 * 2 * 4 + 4);
  EXPECT_EQ(
      shapes_of(prompt_parameters("encoder", "lstm@1@10")).at("prompt_encoder.linear.2.weight"),
      (std::vector<int64_t>{128, 20}));
}

// Against the same arithmetic written out: relu(x A + a) B + b, and that plus x.
TEST(PromptEncoder, ComputesItsLayers) {
  T5Model model = tiny_model();
  for (const char* kind : {"mlp", "mlp_residual"}) {
    const auto method =
        find_tuning("soft_prompt").make(model, prompt_parameters("encoder", kind, 3), 1);
    const NamedTensors t = method->trainable();
    const Tensor x = t[0].second;
    Tensor expected =
        at::matmul(at::matmul(x, t[1].second.t()).add(t[2].second).clamp_min(0), t[3].second.t()) +
        t[4].second;
    if (std::string(kind) == "mlp_residual") expected = expected + x;
    const Tensor ids = at::arange(kVocabulary, kVocabulary + 3).unsqueeze(0);
    EXPECT_TRUE(at::allclose(method->embed(ids)[0], expected, 1e-5, 1e-6)) << kind;
  }
}

// PyTorch's own module with the same weights; and what one relation's tokens are does not change
// another's.
TEST(PromptEncoder, RunsAnLstmOverEachGroup) {
  T5Model model = tiny_model();
  const SoftTokenPlan plan{{{"r.0", "r", {}}, {"s.0", "s", {}}, {"r.1", "r", {}}}};
  const auto method =
      find_tuning("soft_prompt").make(model, prompt_parameters("encoder", "lstm@1"), 1, plan);
  const NamedTensors t = method->trainable();
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(128, 64).bidirectional(true).batch_first(true));
  const at::NoGradGuard no_grad;
  const auto into = lstm->named_parameters();
  for (const auto& [name, tensor] : t) {
    const std::string prefix = "prompt_encoder.lstm.";
    if (name.starts_with(prefix)) into[name.substr(prefix.size())].copy_(tensor);
  }
  const Tensor r =
      std::get<0>(lstm->forward(t[0].second.index_select(0, at::tensor({0, 2})).unsqueeze(0)))[0];
  const size_t at = t.size() - 4;
  const Tensor expected = r + at::linear(at::relu(at::linear(r, t[at].second, t[at + 1].second)),
                                         t[at + 2].second, t[at + 3].second);
  const Tensor found = method->embed(at::arange(kVocabulary, kVocabulary + 3).unsqueeze(0))[0];
  EXPECT_TRUE(at::allclose(found.index_select(0, at::tensor({0, 2})), expected, 1e-5, 1e-6));
}

TEST(PromptEncoder, GivesEveryWeightAGradient) {
  for (const char* encoder : {"mlp", "mlp_residual@2", "lstm", "lstm@1@10"}) {
    T5Model model = tiny_model();
    const auto method =
        find_tuning("soft_prompt").make(model, prompt_parameters("encoder", encoder), 1);
    method->embed(at::arange(kVocabulary, kVocabulary + 6).unsqueeze(0)).square().sum().backward();
    for (const auto& [name, tensor] : method->trainable()) {
      EXPECT_TRUE(tensor.grad().defined() && tensor.grad().abs().sum().item<double>() > 0)
          << encoder << " " << name;
    }
  }
}

Tensor logits_of(const T5Model& model, const ForwardOptions& options = {}) {
  const Tensor ids = torch::tensor({{5, 6, 7, 1}, {9, 10, 1, 0}}, at::kLong);
  const Tensor mask = (ids > 0).to(at::kFloat);
  const Tensor memory = model.encode(model.embed(ids), mask, options);
  return model.logits(
      model.decode(torch::tensor({{0, 8, 3}, {0, 4, 2}}, at::kLong), memory, mask, options));
}

// Twelve modules of the tiny model, two in each of six attentions, of 128 inputs and outputs.
TEST(Lora, TrainsTwoThinMatricesAModule) {
  T5Model model = tiny_model();
  nlohmann::json parameters = defaults_of("lora");
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
  const auto method = find_tuning("lora").make(model, defaults_of("lora"), 1);
  // not bit by bit: a frozen model's products are packed, and add up in another order
  EXPECT_TRUE(at::allclose(logits_of(model), before, 1e-5, 1e-5));
}

// A model with W + alpha / r B A in place of W (Hu et al. 2021, sec. 4.1), and a gradient on it:
// dB = alpha / r dW A^T and dA = alpha / r B^T dW by the chain rule.
class MergedLora : public testing::Test {
 protected:
  MergedLora() {
    nlohmann::json parameters = defaults_of("lora");
    parameters["r"] = 3;
    parameters["lora_alpha"] = 6.0;
    parameters["target_modules"] = {"q", "v", "k", "o", "wi", "wo"};
    method_ = find_tuning("lora").make(tuned_, parameters, 1);
    at::manual_seed(4);
    for (auto& [name, tensor] : method_->trainable()) tensor.detach().normal_(0, 0.05);
    NamedTensors weights = named_tensors(merged_.config(), merged_.weights());
    const NamedTensors thin = method_->trainable();
    for (size_t i = 0; i < thin.size(); i += 2) {
      const std::string name = thin[i].first.substr(0, thin[i].first.rfind(".lora_A")) + ".weight";
      const auto weight = std::find_if(weights.begin(), weights.end(),
                                       [&](const auto& entry) { return entry.first == name; });
      weight->second.add_(at::mm(thin[i + 1].second.detach(), thin[i].second.detach()), 2);
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
    const Tensor da = 2 * at::mm(module.b_Nr.t(), dw), db = 2 * at::mm(dw, module.a_rK.t());
    EXPECT_LT((module.a_rK.grad() - da).norm().item<double>() / da.norm().item<double>(), 1e-4);
    EXPECT_LT((module.b_Nr.grad() - db).norm().item<double>() / db.norm().item<double>(), 1e-4);
  }
}

TEST(Lora, DropsOnlyWhileItTrains) {
  T5Model model = tiny_model();
  nlohmann::json parameters = defaults_of("lora");
  parameters["lora_dropout"] = 0.5;
  const auto method = find_tuning("lora").make(model, parameters, 1);
  for (auto& [name, tensor] : method->trainable()) tensor.detach().fill_(0.1);
  const Tensor evaluated = logits_of(model);
  EXPECT_TRUE(at::equal(logits_of(model), evaluated));

  const ForwardOptions step{.dropout_seed = 7}, other_step{.dropout_seed = 8};
  const Tensor trained = logits_of(model, step);
  EXPECT_FALSE(at::equal(trained, evaluated));
  EXPECT_TRUE(at::equal(logits_of(model, step), trained));
  EXPECT_FALSE(at::equal(logits_of(model, other_step), trained));
}

TEST(Lora, RefusesWhatMakesNoAdapter) {
  T5Model model = tiny_model();
  const Tuning& tuning = find_tuning("lora");
  for (const auto& [key, value] : std::vector<std::pair<std::string, nlohmann::json>>{
           {"r", 0},
           {"lora_alpha", 0.0},
           {"lora_dropout", 1.0},
           {"target_modules", {"wi_0"}},
           {"target_modules", nlohmann::json::array()}}) {
    nlohmann::json parameters = defaults_of(tuning.entry.parameters);
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
