// SPDX-License-Identifier: Apache-2.0
// DePT beside prompt tuning, and as its released code has it.
#include <ATen/Context.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <torch/torch.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tuning/tiny_model.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

using at::Tensor;
using testing::HasSubstr;

std::unique_ptr<TuningMethod> dept_of(T5Model& model, const nlohmann::json& parameters) {
  return find_tuning("dept").make(model, parameters, 3);
}

Tensor tensor_of(TuningMethod& method, const std::string& name) {
  for (const auto& [own, tensor] : method.trainable())
    if (own == name) return tensor;
  throw std::out_of_range(name);
}

// A prompt of m ids, then text.
Tensor ids_behind_prompt(int64_t m, const std::vector<int64_t>& text) {
  return at::cat({at::arange(kVocabulary, kVocabulary + m), torch::tensor(text, at::kLong)})
      .unsqueeze(0);
}

// While B is zero, and where r is 0, it is prompt tuning, bit for bit.
TEST(Dept, IsPromptTuningAtItsStart) {
  for (const int64_t r : {0, 6}) {
    T5Model model = tiny_model(), other = tiny_model();
    const auto dept = dept_of(model, {{"num_virtual_tokens", 5}, {"r", r}});
    const auto prompt = find_tuning("soft_prompt").make(other, {{"num_virtual_tokens", 5}}, 3);
    const Tensor ids = ids_behind_prompt(5, {7, 8, 9, 1});
    EXPECT_TRUE(at::equal(dept->embed(ids), prompt->embed(ids))) << r;
  }
}

// Row i of 8 / sqrt(r) A B goes to the i-th token of the text, wherever the soft tokens stand.
TEST(Dept, AddsARowForEachPositionOfTheText) {
  T5Model model = tiny_model();
  const auto dept = dept_of(model, {{"num_virtual_tokens", 2}, {"r", 4}, {"max_source_length", 3}});
  const at::NoGradGuard no_grad;
  Tensor b = tensor_of(*dept, "lora_embedding_B");
  at::manual_seed(5);
  b.copy_(at::randn(b.sizes()));
  const Tensor delta = at::mm(tensor_of(*dept, "lora_embedding_A"), b) * (8 / std::sqrt(4.0));
  const Tensor ids = torch::tensor(
      {{int64_t{7}, kVocabulary, int64_t{8}, kVocabulary + 1, int64_t{9}}}, at::kLong);
  const Tensor embedded = dept->embed(ids)[0], table = model.weights().shared_VD;
  for (const auto& [column, id, row] :
       std::vector<std::array<int64_t, 3>>{{0, 7, 0}, {2, 8, 1}, {4, 9, 2}})
    EXPECT_LT((embedded[column] - table[id] - delta[row]).abs().max().item<double>(), 1e-6);
  EXPECT_TRUE(at::equal(embedded[1], tensor_of(*dept, "prompt_embeddings")[0]));
}

// T5 pads right, so rows of the text keep their places; padding on the left would move them.
TEST(Dept, PaddingOnTheRightChangesNothing) {
  T5Model model = tiny_model();
  const auto dept = dept_of(model, {{"num_virtual_tokens", 2}, {"r", 4}, {"max_source_length", 8}});
  const at::NoGradGuard no_grad;
  at::manual_seed(6);
  Tensor b = tensor_of(*dept, "lora_embedding_B");
  b.copy_(at::randn(b.sizes()));
  const auto memory = [&](const std::vector<int64_t>& text, int64_t padding, bool left) {
    const Tensor pads = at::zeros({1, padding}, at::kLong), ids = torch::tensor(text, at::kLong);
    const Tensor prompt = at::arange(kVocabulary, kVocabulary + 2).unsqueeze(0);
    const Tensor row = ids.unsqueeze(0);
    const Tensor all = left ? at::cat({prompt, pads, row}, 1) : at::cat({prompt, row, pads}, 1);
    Tensor mask = at::ones({1, all.size(1)});
    mask.slice(1, left ? 2 : all.size(1) - padding, left ? 2 + padding : all.size(1)).zero_();
    return model.encode(dept->embed(all), mask)[0][0];
  };
  const Tensor alone = memory({7, 8, 9, 1}, 0, false);
  EXPECT_LT((memory({7, 8, 9, 1}, 4, false) - alone).abs().max().item<double>(), 1e-5);
  EXPECT_GT((memory({7, 8, 9, 1}, 4, true) - alone).abs().max().item<double>(), 1e-3);
}

// facts of the released code, T5-base with 256 positions: l = 100, m = 60, r = 30 is 76,800.
TEST(Dept, SpendsAPromptsBudget) {
  nlohmann::json json = model_shapes().at("t5-base");
  json.update({{"vocab_size", 8}, {"num_layers", 1}, {"num_decoder_layers", 1}});
  const T5Config config = t5_config_from(json);
  for (const auto& [m, r] :
       std::vector<std::pair<int64_t, int64_t>>{{80, 15}, {60, 30}, {40, 45}, {20, 60}, {0, 75}}) {
    T5Model model(config, random_weights(config, 1));
    const auto dept = dept_of(model, {{"num_virtual_tokens", m},
                                      {"prompt_budget", 100},
                                      {"initialization", "random_normal"},
                                      {"max_source_length", 256}});
    int64_t count = 0;
    for (const auto& [name, tensor] : dept->trainable()) count += tensor.numel();
    EXPECT_EQ(count, 76800) << m;
    EXPECT_EQ(dept->notes().at("r"), r);
  }
}

std::string refusal(const nlohmann::json& parameters, int64_t length = 3) {
  T5Model model = tiny_model();
  try {
    const auto dept = dept_of(model, parameters);
    dept->embed(at::full({1, length}, 5, at::kLong));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(Dept, RefusesWhatCannotBe) {
  EXPECT_THAT(refusal({{"num_virtual_tokens", 0}, {"r", 0}}), HasSubstr("nothing is trained"));
  // (100 - 99) * 128 / (256 + 128) = 1/3: no rank
  EXPECT_THAT(refusal({{"num_virtual_tokens", 99}, {"prompt_budget", 10}}),
              HasSubstr("prompt_budget"));
  EXPECT_THAT(refusal({{"num_virtual_tokens", 0}, {"max_source_length", 3}}, 4),
              HasSubstr("set it to 4 at least"));
}

}  // namespace
}  // namespace dovetail
