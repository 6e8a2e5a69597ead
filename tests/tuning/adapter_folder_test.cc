// SPDX-License-Identifier: Apache-2.0
// Adapters read from folders. Expected weights are PEFT's formulas written out;
// tests/oracles/adapters_test.py asks PEFT itself.
#include "tuning/adapter_folder.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "model/shapes.h"
#include "tuning/adapter_keys.h"
#include "tuning/adapter_tensors.h"
#include "tuning/prompt_adapter.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using at::Tensor;
using testing::HasSubstr;

constexpr int64_t kWidth = 128;  // of t5-tiny
const nlohmann::json kNoKeys = nlohmann::json::object();
constexpr const char* kModule = "encoder.block.0.layer.0.SelfAttention.q";

class AdapterFolder : public testing::Test {
 protected:
  AdapterFolder() {
    at::manual_seed(7);
    a_rK_ = at::randn({4, kWidth}) * 0.3;
    b_Nr_ = at::randn({kWidth, 4}) * 0.3;
  }
  ~AdapterFolder() override { fs::remove_all(folder_); }

  static T5Model small_model() {
    nlohmann::json json = model_shapes().at("t5-tiny");
    json["vocab_size"] = 60;
    const T5Config config = t5_config_from(json);
    return {config, random_weights(config, 1)};
  }

  static Tensor weight_of(const T5Model& model) {
    return model.weights().encoder.blocks[0].self_attention.q_ID;
  }

  // The adapter of one layer, with more keys and tensors.
  void write_lora(const nlohmann::json& keys = kNoKeys, const NamedTensors& more = {}) {
    nlohmann::json config = {
        {"peft_type", "LORA"}, {"r", 4}, {"lora_alpha", 8}, {"target_modules", {kModule}}};
    config.update(keys);
    NamedTensors tensors = more;
    tensors.emplace_back(prefixed("lora_A.weight"), a_rK_);
    tensors.emplace_back(prefixed("lora_B.weight"), b_Nr_);
    save_adapter(folder_, config, tensors);
  }

  void write_prompt(const nlohmann::json& keys, int64_t rows) {
    nlohmann::json config = {{"peft_type", "PROMPT_TUNING"},
                             {"num_virtual_tokens", 3},
                             {"num_transformer_submodules", 2}};
    config.update(keys);
    table_ = at::randn({rows, kWidth});
    save_adapter(folder_, config, {{"prompt_embeddings", table_}});
  }

  static std::string prefixed(const std::string& name) {
    return std::string("base_model.model.") + kModule + "." + name;
  }

  // What load_adapter says; "" where it loads.
  std::string refusal() {
    static T5Model model = small_model();  // no one reads its weights
    try {
      load_adapter(folder_, model);
    } catch (const ConfigError& error) {
      return error.what();
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }

  static Tensor memory_of(const T5Model& model) {
    const at::NoGradGuard no_grad;
    const Tensor ids = at::tensor({5, 6, 7, 1}, at::kLong).unsqueeze(0);
    return model.encode(model.embed(ids), at::ones({1, 4}));
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / fmt::format("adapter_{}", getpid());
  Tensor a_rK_, b_Nr_, table_;
};

TEST_F(AdapterFolder, AddsTheScaledProduct) {
  write_lora({{"use_rslora", true}, {"alpha_pattern", {{"q", 6}}}});
  T5Model adapted = small_model(), merged = small_model();
  EXPECT_FALSE(load_adapter(folder_, adapted).table_KD.defined());
  weight_of(merged).add_(at::mm(b_Nr_, a_rK_), 6 / std::sqrt(4.0));
  const Tensor expected = memory_of(merged);
  EXPECT_LT((memory_of(adapted) - expected).abs().max().item<double>(), 1e-5);
  EXPECT_GT((memory_of(small_model()) - expected).abs().max().item<double>(), 0.1);
}

// PiSSA leaves the weight without its four largest singular components.
TEST_F(AdapterFolder, TakesTheResidualOfPissa) {
  write_lora({{"init_lora_weights", "pissa"}});
  T5Model model = small_model();
  const Tensor before = std::get<1>(at::linalg_svd(weight_of(model)));
  load_adapter(folder_, model);
  const Tensor after = std::get<1>(at::linalg_svd(weight_of(model)));
  EXPECT_TRUE(at::allclose(after.slice(0, 0, kWidth - 4), before.slice(0, 4), 1e-4, 1e-5));
}

// The first r rows of R, and so of Q^T (W - Q_r R_r), vanish: with scale 1 the rank falls by r.
TEST_F(AdapterFolder, TakesTheResidualOfOlora) {
  write_lora({{"init_lora_weights", "olora"}, {"lora_alpha", 4}});
  T5Model model = small_model();
  load_adapter(folder_, model);
  const Tensor values = std::get<1>(at::linalg_svd(weight_of(model)));
  EXPECT_LT(values[kWidth - 4].item<double>(), 1e-5 * values[0].item<double>());
  EXPECT_GT(values[kWidth - 5].item<double>(), 1e-4 * values[0].item<double>());
}

TEST_F(AdapterFolder, DoraGivesTheRowsTheirLengths) {
  const Tensor magnitude = at::arange(1, kWidth + 1).to(at::kFloat);
  write_lora({{"use_dora", true}}, {{prefixed("lora_magnitude_vector"), magnitude}});
  T5Model model = small_model();
  const Tensor sum = weight_of(model) + at::mm(b_Nr_, a_rK_) * 2;
  load_adapter(folder_, model);
  EXPECT_TRUE(at::allclose(weight_of(model).norm(2, 1), magnitude, 1e-5, 1e-5));
  EXPECT_TRUE(at::allclose((weight_of(model) * sum).sum(1), magnitude * sum.norm(2, 1), 1e-4));
}

TEST_F(AdapterFolder, RefusesEveryRefusedKeyByItsName) {
  for (const ForeignKey& key : adapter_file("LORA")->keys) {
    if (key.use != KeyUse::kRefused) continue;
    write_lora({{std::string(key.name), {{"any", 1}}}});
    EXPECT_THAT(refusal(), HasSubstr(fmt::format("\"{}\"", key.name)));
  }
  for (const char* kind : {"OFT", "XLORA", "LOHA", "ADALORA"}) {
    write_lora({{"peft_type", kind}});
    EXPECT_THAT(refusal(), HasSubstr("\"peft_type\"")) << kind;
  }
}

TEST_F(AdapterFolder, RefusesTensorsThatTheConfigDoesNotName) {
  write_lora({{"target_modules", {"v"}}});
  EXPECT_THAT(refusal(), HasSubstr("\"target_modules\""));
  write_lora({{"target_modules", {"q"}}});
  EXPECT_THAT(refusal(), HasSubstr("\"target_modules\""));  // there are more q than one
  write_lora({{"rank_pattern", {{"q", 5}}}});
  EXPECT_THAT(refusal(), HasSubstr("\"rank_pattern\""));
  write_lora({{"use_dora", true}});
  EXPECT_THAT(refusal(), HasSubstr("\"use_dora\""));
  write_lora(kNoKeys, {{prefixed("lora_magnitude_vector"), at::ones({kWidth})}});
  EXPECT_THAT(refusal(), HasSubstr("\"use_dora\""));
}

TEST_F(AdapterFolder, RefusesTensorsOfOtherNames) {
  for (const char* name :
       {"base_model.model.lm_head.lora_A.weight", "base_model.model.lm_head.base_layer.weight",
        "base_model.model.shared.lora_embedding_A",
        "base_model.model.layers.3.q_proj.lora_A.weight",
        "base_model.model.encoder.block.0.layer.0.SelfAttention.v.lora_A.other.weight",
        "base_model.model.encoder.block.0.layer.0.SelfAttention.q.lora_A.default.weight",
        "shared.weight"}) {
    write_lora(kNoKeys, {{name, at::ones({4, kWidth})}});
    EXPECT_NE(refusal(), "") << name;
  }
}

TEST_F(AdapterFolder, TakesWeightsThatStandBesideTheUpdate) {
  const Tensor bias = at::randn({32, 4}), rows = at::randn({60, kWidth});
  const std::string name =
      "base_model.model.encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
  write_lora(kNoKeys, {{name, bias}, {"base_model.model.lm_head.weight", rows}});
  T5Model model = small_model();
  ASSERT_EQ(model.weights().encoder.blocks[0].self_attention.relative_attention_bias_KH.sizes(),
            bias.sizes());
  load_adapter(folder_, model);
  EXPECT_TRUE(
      at::equal(model.weights().encoder.blocks[0].self_attention.relative_attention_bias_KH, bias));
  EXPECT_TRUE(at::equal(model.weights().shared_VD, rows));  // the head of t5-tiny is tied
}

TEST_F(AdapterFolder, NamesTheFoldersBelowThatHoldAnAdapter) {
  write_lora();
  T5Model model = small_model();
  try {
    load_adapter(folder_.parent_path(), model);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(folder_.filename().string()));
  }
}

TEST_F(AdapterFolder, ThePromptIsTheFirstHalfOfTheRows) {
  for (const char* kind : {"PROMPT_TUNING", "P_TUNING"}) {
    write_prompt({{"peft_type", kind}}, 6);
    T5Model model = small_model();
    EXPECT_TRUE(at::equal(load_adapter(folder_, model).table_KD, table_.slice(0, 0, 3))) << kind;
  }
  write_prompt({{"num_transformer_submodules", 1}}, 3);
  T5Model model = small_model();
  EXPECT_TRUE(at::equal(load_adapter(folder_, model).table_KD, table_));
}

TEST_F(AdapterFolder, RefusesPromptsThatDoNotFit) {
  write_prompt(kNoKeys, 3);
  EXPECT_THAT(refusal(), HasSubstr("\"num_transformer_submodules\""));
  write_prompt({{"num_virtual_tokens", 0}}, 6);
  EXPECT_THAT(refusal(), HasSubstr("\"num_virtual_tokens\""));
  write_prompt({{"modules_to_save", {"lm_head"}}}, 6);
  EXPECT_THAT(refusal(), HasSubstr("\"modules_to_save\""));
  write_prompt(kNoKeys, 6);
  write_file_atomically(folder_ / kSoftTokensFile, "{}");
  EXPECT_THAT(refusal(), HasSubstr(kSoftTokensFile));
  write_file_atomically(folder_ / kSoftTokensFile,
                        R"({"tokens": ["P0", "P1", "P2"], "placement": "before"})");
  EXPECT_THAT(refusal(), HasSubstr("does not say where the soft tokens stand"));
  fs::remove(folder_ / kSoftTokensFile);
  write_prompt({{"peft_type", kOwnPromptType}}, 6);
  EXPECT_THAT(refusal(), HasSubstr(kSoftTokensFile));
}

// Of two tokens "r.P0" and "r.P1" on this model.
class OwnPrompt : public AdapterFolder {
 protected:
  void save(const std::vector<SourcePart>& source) {
    const auto method =
        find_tuning("soft_prompt")
            .make(model_, {{"num_virtual_tokens", 2}}, 1,
                  {.tokens = {{"r.P0", "r", {}}, {"r.P1", "r", {}}}, .source = source});
    method->save(folder_);
    vectors_ = method->trainable()[0].second.detach();
    config_ = nlohmann::json::parse(read_file(folder_ / "adapter_config.json"));
  }

  T5Model model_ = small_model();
  const SourcePart tokens_{.tokens = {"r.P0", "r.P1"}}, input_;
  Tensor vectors_;
  nlohmann::json config_;
};

// Its prompt there is the embeddings of the text "r:", ids 5 and 6, and then the vectors.
TEST_F(OwnPrompt, IsAPromptOfPeftsBehindAText) {
  const SourcePart text{.text = "r:", .ids = {5, 6}};
  save({text, tokens_, input_});
  EXPECT_EQ(config_.at("peft_type"), "PROMPT_TUNING");
  EXPECT_EQ(config_.at("num_virtual_tokens"), 4);
  const Tensor rows = read_adapter_tensors(folder_).tensors.at(0).second;
  EXPECT_TRUE(at::equal(rows.slice(0, 0, 2), model_.weights().shared_VD.slice(0, 5, 7)));

  const PromptAdapter prompt = load_adapter(folder_, model_);
  EXPECT_TRUE(at::equal(prompt.table_KD, vectors_));
  EXPECT_EQ(prompt.names, tokens_.tokens);
  EXPECT_EQ(prompt.source.at(0).text, "r:");
  EXPECT_TRUE(prompt.source.at(2).is_input());

  save({tokens_, input_});
  EXPECT_EQ(config_.at("num_virtual_tokens"), 2);
}

TEST_F(OwnPrompt, IsNoneOfPeftsInAnyOtherPlace) {
  const SourcePart other{.tokens = {"r.P1", "r.P0"}}, one{.tokens = {"r.P0"}};
  const SourcePart mask{.text = "<extra_id_0>", .ids = {59}};
  for (const std::vector<SourcePart>& source :
       std::vector<std::vector<SourcePart>>{{},
                                            {input_, tokens_},
                                            {other, input_},
                                            {one, input_, {.tokens = {"r.P1"}}},
                                            {tokens_, input_, mask},
                                            {mask, tokens_}}) {
    save(source);
    EXPECT_EQ(config_.at("peft_type"), kOwnPromptType);
    EXPECT_EQ(config_.at("num_virtual_tokens"), 2);
    const PromptAdapter prompt = load_adapter(folder_, model_);
    EXPECT_TRUE(at::equal(prompt.table_KD, vectors_));
    EXPECT_EQ(json_of(prompt.source), json_of(source));
  }
}

// With another task PEFT adds the prompt elsewhere, or not at all.
TEST_F(AdapterFolder, RefusesAPromptOfAnotherTask) {
  write_prompt(kNoKeys, 6);
  const std::string text = read_file(folder_ / "adapter_config.json");
  const size_t task = text.find("\"SEQ_2_SEQ_LM\"");
  write_file_atomically(folder_ / "adapter_config.json",
                        std::string(text).replace(task, 14, "null"));
  EXPECT_THAT(refusal(), HasSubstr("\"task_type\""));
}

// A tuning may begin at a prompt of PEFT's, matched by place.
TEST_F(AdapterFolder, APromptOfPeftStartsATuning) {
  write_prompt(kNoKeys, 6);
  T5Model model = small_model();
  const auto method = find_tuning("soft_prompt")
                          .make(model,
                                {{"num_virtual_tokens", 3},
                                 {"initialization", "saved"},
                                 {"initialization_folder", folder_.string()}},
                                1);
  EXPECT_TRUE(at::equal(method->trainable()[0].second.detach(), table_.slice(0, 0, 3)));
}

}  // namespace
}  // namespace dovetail
