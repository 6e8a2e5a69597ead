// SPDX-License-Identifier: Apache-2.0
// The tunings of decoder-only models: what they train, and that their folders bring it back.
#include <ATen/Context.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "model/checkpoints/checkpoint.h"
#include "model/shapes.h"
#include "tuning/adapter_config.h"
#include "tuning/adapter_folder.h"
#include "tuning/embed_soft_tokens.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

using at::Tensor;

constexpr int64_t kPieces = 60;

T5Model causal_model(const std::string& shape) {
  nlohmann::json json = model_shapes().at(shape);
  json.update({{"vocab_size", kPieces}, {"bos_token_id", 0}, {"eos_token_id", 1}});
  const T5Config config = model_config_from(json);
  T5Weights weights = random_weights(config, 1);
  // as drawn, a tiny network's logits hardly differ
  for_each_weight(config, weights, [](const WeightSpec&, Tensor& tensor) { tensor.mul_(3); });
  return {config, std::move(weights)};
}

struct CausalTuning {
  std::string shape, tuning;
  nlohmann::json parameters;
  int64_t count;  // of trained numbers, by hand
  bool begins_as_the_model;
};

// Both have d = 128 and 5 blocks. Llama: 4 heads of 32, 2 of keys and values (64 wide), d_ff 352; a
// block has q, o of 128 x 128, k, v of 64 x 128, three matrices of 352 x 128 and 2 norms, 184576 in
// all. GPT-2: c_attn 384 x 128, c_proj 128 x 128, c_fc and c_proj 512 x 128, their biases, 2 norms
// with biases, 198272 in all; 1024 positions.
const std::vector<CausalTuning> kCausalCases = {
    {"llama-tiny", "full", {}, 5 * 184576 + 60 * 128 + 128, true},
    {"llama-tiny", "last_layers", {}, 184576 + 128, true},
    {"llama-tiny", "norms", {}, 11 * 128, true},
    {"llama-tiny", "bitfit", {}, 5 * (128 + 2 * 64 + 128 + 2 * 352 + 128), true},
    {"llama-tiny", "soft_prompt", {}, 20 * 128, false},
    {"llama-tiny", "dept", {}, 60 * 128 + 30 * (256 + 128), false},
    {"llama-tiny", "lora", {}, 5 * 8 * (256 + 192), true},
    {"llama-tiny",
     "lora",
     {{"target_modules", {"q", "k", "v", "o", "wi_0", "wi_1", "wo"}}},
     5 * 8 * (2 * 256 + 2 * 192 + 3 * 480),
     true},
    {"llama-tiny", "lora", {{"target_modules", {"down_proj"}}}, 5 * 8 * 480, true},
    {"llama-tiny", "dora", {}, 5 * (8 * (256 + 192) + 192), true},
    {"gpt2-tiny", "full", {}, 5 * 198272 + (60 + 1024) * 128 + 256, true},
    {"gpt2-tiny", "last_layers", {{"num_layers", 2}}, 2 * 198272 + 256, true},
    {"gpt2-tiny", "norms", {}, 11 * 128, true},
    {"gpt2-tiny", "bitfit", {}, 5 * (384 + 128 + 512 + 128), true},
    {"gpt2-tiny", "soft_prompt", {}, 20 * 128, false},
    {"gpt2-tiny", "lora", {}, 5 * 8 * 512, true},
    {"gpt2-tiny", "lora", {{"target_modules", {"o", "wi", "wo"}}}, 5 * 8 * (256 + 2 * 640), true},
};

Tensor causal_ids(int64_t soft_tokens) {
  const Tensor text = torch::tensor({{5, 6, 7, 3}, {9, 8, 4, 0}}, at::kLong);
  if (soft_tokens == 0) return text;
  const Tensor prompt = at::arange(kPieces, kPieces + soft_tokens).unsqueeze(0);
  return at::cat({prompt.expand({2, -1}), text}, 1);
}

Tensor logits_behind(const T5Model& model, const Tensor& embedded_BSD) {
  Tensor mask = at::ones({2, embedded_BSD.size(1)});
  mask[1][-1] = 0;
  const Tensor target = torch::tensor({{0, 8, 3}, {0, 4, 4}}, at::kLong);
  return model.logits(model.decode(target, model.encode(embedded_BSD, mask), mask));
}

Tensor logits_with(const T5Model& model, TuningMethod& method) {
  return logits_behind(model, method.embed(causal_ids(method.num_soft_tokens())));
}

double distance(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

class EveryCausalTuning : public testing::TestWithParam<CausalTuning> {};

TEST_P(EveryCausalTuning, TrainsAsManyNumbersAsItsFormulaSays) {
  T5Model model = causal_model(GetParam().shape);
  const auto method = find_tuning(GetParam().tuning).make(model, GetParam().parameters, 5);
  int64_t count = 0;
  for (const auto& [name, tensor] : method->trainable()) count += tensor.numel();
  EXPECT_EQ(count, GetParam().count);
}

TEST_P(EveryCausalTuning, BeginsAsTheModelWhereItMust) {
  if (!GetParam().begins_as_the_model) return;
  const T5Model base = causal_model(GetParam().shape);
  T5Model model = causal_model(GetParam().shape);
  const auto method = find_tuning(GetParam().tuning).make(model, GetParam().parameters, 5);
  EXPECT_LT(distance(logits_with(model, *method), logits_behind(base, base.embed(causal_ids(0)))),
            2e-5);
}

TEST_P(EveryCausalTuning, LeavesFrozenWeightsAlone) {
  T5Model model = causal_model(GetParam().shape);
  const auto method = find_tuning(GetParam().tuning).make(model, GetParam().parameters, 5);
  const NamedTensors trained = method->trainable();
  logits_with(model, *method).square().sum().backward();
  for (const auto& [name, tensor] : trained) EXPECT_TRUE(tensor.grad().defined()) << name;
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    const bool is_trained = std::any_of(trained.begin(), trained.end(),
                                        [&](const auto& t) { return t.second.is_same(tensor); });
    EXPECT_EQ(tensor.grad().defined(), is_trained) << name;
  }
}

TEST_P(EveryCausalTuning, HasTheSameGradientsWithActivationCheckpointing) {
  std::vector<Tensor> gradients[2];
  for (const bool again : {false, true}) {
    T5Model model = causal_model(GetParam().shape);
    const auto method = find_tuning(GetParam().tuning).make(model, GetParam().parameters, 5);
    const Tensor source = method->embed(causal_ids(method->num_soft_tokens()));
    ForwardOptions options;
    options.activation_checkpointing = again;
    const Tensor mask = at::ones({2, source.size(1)});
    const Tensor target = torch::tensor({{0, 8, 3}, {0, 4, 4}}, at::kLong);
    model.logits(model.decode(target, source, mask, options)).square().sum().backward();
    for (const auto& [name, tensor] : method->trainable()) {
      ASSERT_TRUE(tensor.grad().defined()) << name << (again ? " again" : "");
      gradients[again].push_back(tensor.grad());
    }
  }
  for (size_t i = 0; i < gradients[0].size(); ++i)
    EXPECT_LT(distance(gradients[0][i], gradients[1][i]),
              1e-5 * std::max(1.0, gradients[0][i].abs().max().item<double>()));
}

TEST_P(EveryCausalTuning, ComesBackFromItsFolder) {
  T5Model model = causal_model(GetParam().shape), again = causal_model(GetParam().shape);
  const auto method = find_tuning(GetParam().tuning).make(model, GetParam().parameters, 5);
  const at::NoGradGuard no_grad;
  at::manual_seed(17);
  for (auto& [name, tensor] : method->trainable())
    tensor.add_(at::randn(tensor.sizes(), tensor.options().requires_grad(false)), 0.1);
  const auto folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("causal_{}", getpid());
  std::filesystem::remove_all(folder);
  method->save(folder);
  const Tensor expected = logits_with(model, *method);
  Tensor found;
  if (!is_adapter(folder)) {
    const Checkpoint whole = load_checkpoint(folder);
    const T5Model saved(whole.config, whole.weights);
    found = logits_behind(saved, saved.embed(causal_ids(0)));
  } else {
    const PromptAdapter prompt = load_adapter(folder, again);
    const Tensor ids = causal_ids(prompt.size());
    found =
        logits_behind(again, prompt.method       ? prompt.method->embed(ids)
                             : prompt.size() > 0 ? embed_soft_tokens(again, ids, prompt.table_KD)
                                                 : again.embed(ids));
  }
  EXPECT_LT(distance(found, expected), 5e-5);
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryCausalTuning, testing::ValuesIn(kCausalCases),
                         [](const testing::TestParamInfo<CausalTuning>& info) {
                           return fmt::format("{}_{}", info.param.tuning, info.index);
                         });

TEST(CausalTunings, OthersAreRefusedWithThoseThatWork) {
  for (const char* tuning : {"prefix", "adapter", "linear_probe", "ia3", "vera"}) {
    T5Model model = causal_model("llama-tiny");
    try {
      find_tuning(tuning).make(model, {}, 5);
      ADD_FAILURE() << tuning;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr(tuning),
                                               testing::HasSubstr("decoder-only llama"),
                                               testing::HasSubstr("soft_prompt")));
    }
  }
}

}  // namespace
}  // namespace dovetail
