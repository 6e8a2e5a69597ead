// SPDX-License-Identifier: Apache-2.0
// Decoder-only networks, by hand: rows, rotary positions, configurations, packed rows.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "base/error.h"
#include "model/causal_config.h"
#include "model/causal_rows.h"
#include "model/config.h"
#include "model/rotary.h"
#include "model/shapes.h"
#include "model/t5.h"

namespace dovetail {
namespace {

using at::Tensor;
using testing::HasSubstr;

Tensor longs(std::initializer_list<std::initializer_list<int64_t>> rows) {
  std::vector<Tensor> all;
  for (const auto& row : rows) all.push_back(at::tensor(std::vector<int64_t>(row), at::kLong));
  return torch::stack(all);
}
Tensor floats(std::initializer_list<std::initializer_list<int64_t>> rows) {
  return longs(rows).to(at::kFloat);
}

// The example of causal_rows.h, and a row without a source beside it.
TEST(CausalRows, TheTargetStandsBehindTheSource) {
  const CausalRows rows = lay_out_rows(floats({{1, 1, 0}, {0, 0, 0}}), {}, 3);
  EXPECT_TRUE(at::equal(rows.keys_BX, floats({{1, 1, 0, 0, 1, 1}, {0, 0, 0, 1, 1, 1}})));
  EXPECT_TRUE(at::equal(rows.positions_BX, longs({{0, 1, 0, 0, 2, 3}, {0, 0, 0, 0, 1, 2}})));
  EXPECT_TRUE(at::equal(rows.outputs_BT, longs({{1, 4, 5}, {3, 4, 5}})));
  EXPECT_FALSE(rows.segments_BX.defined());
  EXPECT_EQ(rows.longest, 4);
}

// Two examples in a row: sources of 2 and 1 tokens, targets of 2 and 3; the second row's first
// example has no source.
TEST(CausalRows, ExamplesOfARowHavePositionsOfTheirOwn) {
  const CausalRows rows =
      lay_out_rows(floats({{1, 1, 2}, {2, 2, 0}}), floats({{1, 1, 2, 2, 2}, {1, 1, 2, 2, 0}}), 5);
  EXPECT_TRUE(
      at::equal(rows.positions_BX, longs({{0, 1, 0, 0, 2, 0, 1, 2}, {0, 1, 0, 0, 1, 0, 2, 0}})));
  EXPECT_TRUE(
      at::equal(rows.keys_BX, floats({{1, 1, 2, 0, 1, 0, 2, 2}, {2, 2, 0, 1, 1, 0, 2, 0}})));
  EXPECT_TRUE(at::equal(rows.segments_BX, rows.keys_BX));
  EXPECT_TRUE(at::equal(rows.outputs_BT.slice(1, 0, 4), longs({{1, 4, 2, 6}, {3, 4, 1, 6}})));
}

T5Config causal_config(nlohmann::json change = nlohmann::json::object()) {
  nlohmann::json json = {
      {"model_type", "llama"},    {"vocab_size", 20},       {"hidden_size", 8},
      {"num_attention_heads", 2}, {"num_hidden_layers", 2}, {"intermediate_size", 12},
      {"num_key_value_heads", 1}, {"bos_token_id", 1},      {"tie_word_embeddings", true},
      {"eos_token_id", 2}};
  json.update(change);
  return causal_config_from(json);
}

// A head of 4 channels: the pairs (0, 2) and (1, 3) turn by p and p / 100 (theta 10000).
TEST(Rotary, TurnsPairsOfChannelsByThePosition) {
  const T5Config config = causal_config();
  const RotaryAngles angles = rotary_angles(longs({{3}}), config);
  // one position of q (2 heads), k and v (1 head each)
  const Tensor qkv =
      torch::tensor({2., 0., 0., 0., 0., 2., 0., 0., 0., 0., 1., 0., 5., 6., 7., 8.}, at::kFloat)
          .view({1, 1, 16});

  const AttentionHeads heads = causal_heads(qkv, config, angles);

  const double c = std::cos(3.0), s = std::sin(3.0), slow_c = std::cos(0.03),
               slow_s = std::sin(0.03);  // queries are halved: by the root of 4
  EXPECT_TRUE(at::allclose(heads.q_BXHC.flatten(),
                           torch::tensor({c, 0., s, 0., 0., slow_c, 0., slow_s}, at::kFloat)));
  EXPECT_TRUE(at::allclose(heads.k_BXGC.flatten(), torch::tensor({-s, 0., c, 0.}, at::kFloat)));
  EXPECT_TRUE(at::equal(heads.v_BXGC.flatten(), torch::tensor({5., 6., 7., 8.}, at::kFloat)));
  // both heads of queries read the one group: [q, k k, v v]
  EXPECT_TRUE(at::equal(causal_qkv(qkv, config, angles).flatten().slice(0, 16),
                        torch::tensor({5., 6., 7., 8., 5., 6., 7., 8.}, at::kFloat)));
}

std::string refused(const nlohmann::json& change) {
  try {
    causal_config(change);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "taken";
}

TEST(CausalConfig, RefusesWhatItDoesNotCompute) {
  const nlohmann::json linear = {{"type", "linear"}, {"factor", 2.0}};
  EXPECT_THAT(refused({{"rope_scaling", linear}}), HasSubstr("\"rope_scaling\""));
  EXPECT_THAT(refused({{"rope_parameters", {{"rope_type", "llama3"}}}}), HasSubstr("llama3"));
  EXPECT_THAT(refused({{"rope_parameters", {{"partial_rotary_factor", 0.5}}}}),
              HasSubstr("partial_rotary_factor"));
  EXPECT_THAT(refused({{"hidden_act", "gelu"}}), HasSubstr("\"hidden_act\""));
  EXPECT_THAT(refused({{"head_dim", 3}}), HasSubstr("even \"head_dim\""));
  EXPECT_THAT(refused({{"num_key_value_heads", 3}}), HasSubstr("divides the 2 heads"));
  EXPECT_THAT(refused({{"hidden_size", 9}}), HasSubstr("\"hidden_size\""));
  EXPECT_THAT(refused({{"rope_theta", -1}}), HasSubstr("\"rope_theta\""));
  EXPECT_EQ(refused({{"rope_scaling", nullptr}}), "taken");
  EXPECT_EQ(refused({{"rope_parameters", {{"rope_type", "default"}, {"rope_theta", 5e5}}}}),
            "taken");
}

TEST(CausalConfig, ReadsBothSpellingsOfTheRotaryBase) {
  EXPECT_EQ(causal_config().causal->rope_theta, 10000);
  EXPECT_EQ(causal_config({{"rope_theta", 500.0}}).causal->rope_theta, 500);
  EXPECT_EQ(causal_config({{"rope_parameters", {{"rope_theta", 7.0}}}}).causal->rope_theta, 7);
}

TEST(CausalConfig, ComesBackFromItsJson) {
  for (const char* shape : {"llama-tiny", "gpt2-tiny"}) {
    nlohmann::json json = model_shapes().at(shape);
    json.update({{"vocab_size", 50}, {"bos_token_id", 3}, {"eos_token_id", {1, 2}}});
    const T5Config config = model_config_from(json);
    const nlohmann::json written = config_json(config);
    EXPECT_EQ(config_json(model_config_from(written)), written) << shape;
    EXPECT_EQ(config.num_layers, 0);
    EXPECT_EQ(config.eos_token_id, (std::vector<int64_t>{1, 2}));
    EXPECT_EQ(config.decoder_start_token_id, 3);
    EXPECT_FALSE(written.contains("pad_token_id")) << "none was given";
  }
}

// Examples that share a row give the logits of each alone.
TEST(CausalModel, PackedExamplesDoNotSeeEachOther) {
  for (const char* shape : {"llama-tiny", "gpt2-tiny"}) {
    nlohmann::json json = model_shapes().at(shape);
    json.update({{"vocab_size", 50}, {"bos_token_id", 0}, {"eos_token_id", 1}});
    const T5Config config = model_config_from(json);
    const T5Model model(config, random_weights(config, 3));
    const auto logits = [&](const Tensor& source, const Tensor& mask, const Tensor& target,
                            const Tensor& segments) {
      ForwardOptions options;
      options.segments_BT = segments;
      const Tensor memory = model.encode(model.embed(source), mask, options);
      return model.logits(model.decode(target, memory, mask, options)).squeeze(0);
    };
    const Tensor packed = logits(longs({{5, 6, 7}}), floats({{1, 1, 2}}), longs({{0, 8, 0, 9, 10}}),
                                 floats({{1, 1, 2, 2, 2}}));
    const Tensor first = logits(longs({{5, 6}}), floats({{1, 1}}), longs({{0, 8}}), {});
    const Tensor second = logits(longs({{7}}), floats({{1}}), longs({{0, 9, 10}}), {});
    EXPECT_TRUE(at::allclose(packed.slice(0, 0, 2), first, 1e-4, 1e-5)) << shape;
    EXPECT_TRUE(at::allclose(packed.slice(0, 2), second, 1e-4, 1e-5)) << shape;
  }
}

TEST(CausalModel, SaysWhenLearnedPositionsEnd) {
  nlohmann::json json = model_shapes().at("gpt2-tiny");
  json.update({{"vocab_size", 50}, {"n_positions", 4}});
  const T5Config config = model_config_from(json);
  const T5Model model(config, random_weights(config, 3));
  const Tensor source = longs({{5, 6}}), mask = floats({{1, 1}});
  EXPECT_NO_THROW(model.decode(longs({{0, 8, 9}}), model.embed(source), mask));
  EXPECT_THROW(model.decode(longs({{0, 8, 9, 10}}), model.embed(source), mask), ConfigError);
}

}  // namespace
}  // namespace dovetail
