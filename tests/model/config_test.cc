// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>

#include "model/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "model/causal_config.h"
#include "model/shapes.h"
#include "model/weights.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

nlohmann::json tiny() { return model_shapes().at("t5-tiny"); }

TEST(T5Config, UntiedHeadsAreNotScaledUnlessTheFileSaysSo) {
  nlohmann::json json = tiny();
  EXPECT_TRUE(t5_config_from(json).scale_decoder_outputs);
  json["tie_word_embeddings"] = false;
  EXPECT_FALSE(t5_config_from(json).scale_decoder_outputs);
  json["scale_decoder_outputs"] = true;
  EXPECT_TRUE(t5_config_from(json).scale_decoder_outputs);
}

TEST(T5Config, NamesTheKeyThatIsWrong) {
  nlohmann::json json = tiny();
  json["d_kv"] = "wide";
  try {
    t5_config_from(json);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"d_kv\""));
  }
}

TEST(T5Config, RefusesOtherArchitecturesAndActivations) {
  nlohmann::json bart = tiny(), swish = tiny();
  bart["model_type"] = "bart";
  swish["feed_forward_proj"] = "swish";
  EXPECT_THROW(t5_config_from(bart), ConfigError);
  EXPECT_THROW(t5_config_from(swish), ConfigError);
}

std::string refusal(const nlohmann::json& json) {
  try {
    t5_config_from(json);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "taken";
}

// T5X's logits_via_embedding and Mesh TensorFlow's shared_embedding_and_softmax_weights: a tied
// head is scaled, another one is not. The weights say which it is: transformers 5 calls all tied.
TEST(T5Config, MultilingualModelsAreScaledWhereTheHeadIsTied) {
  for (const char* type : {"mt5", "umt5"}) {
    nlohmann::json json = tiny();
    json["model_type"] = type;
    json["tie_word_embeddings"] = true;
    T5Config config = t5_config_from(json);
    EXPECT_EQ(config.bias_in_every_block, config.model_type == "umt5");
    EXPECT_TRUE(config.scale_decoder_outputs) << type;
    set_tied_head(config, false);
    EXPECT_FALSE(config.scale_decoder_outputs) << type;
    EXPECT_FALSE(config.tie_word_embeddings) << type;
    EXPECT_FALSE(config_json(config).contains("scale_decoder_outputs"));

    json["scale_decoder_outputs"] = true;  // as fine-tuned by transformers 5
    config = t5_config_from(json);
    set_tied_head(config, false);
    EXPECT_TRUE(config.scale_decoder_outputs) << type;
    EXPECT_TRUE(config_json(config).at("scale_decoder_outputs"));
  }
}

TEST(T5Config, KnowsTransformersSecondNames) {
  nlohmann::json json = tiny();
  json["hidden_size"] = 24;
  json["num_attention_heads"] = 3;
  const T5Config config = t5_config_from(json);
  EXPECT_EQ(config.d_model, 24);
  EXPECT_EQ(config.num_heads, 3);
}

TEST(T5Config, TheActivationsTwoKeysWinOverItsName) {
  nlohmann::json json = tiny();
  json["feed_forward_proj"] = "gated-swish";
  EXPECT_EQ(t5_config_from(json).feed_forward_proj, "gated-silu");
  json["feed_forward_proj"] = "relu";
  json["is_gated_act"] = true;
  json["dense_act_fn"] = "gelu_new";
  EXPECT_EQ(t5_config_from(json).feed_forward_proj, "gated-gelu");
  json["dense_act_fn"] = "gelu";  // the exact one, which no published T5 uses
  EXPECT_THAT(refusal(json), HasSubstr("known: relu, gated-gelu, gated-silu"));
}

TEST(T5Config, MultilingualModelsAreGatedUnlessTheySayOtherwise) {
  nlohmann::json json = tiny();
  json.erase("feed_forward_proj");
  EXPECT_EQ(t5_config_from(json).feed_forward_proj, "relu");
  json["model_type"] = "mt5";
  EXPECT_EQ(t5_config_from(json).feed_forward_proj, "gated-gelu");
}

TEST(T5Config, KeepsSpecialTokens) {
  nlohmann::json json = tiny();
  json["pad_token_id"] = 3;
  json["eos_token_id"] = {2};
  const T5Config config = t5_config_from(json);
  EXPECT_EQ(config.eos_token_id, std::vector<int64_t>{2});
  EXPECT_EQ(config.decoder_start_token_id, 3);  // the padding, where nothing is said
  EXPECT_EQ(t5_config_from(config_json(config)).pad_token_id, 3);
  EXPECT_EQ(config_json(config).at("eos_token_id"), 2);
  json["eos_token_id"] = {2, 5};
  EXPECT_EQ(t5_config_from(json).eos_token_id, (std::vector<int64_t>{2, 5}));
  EXPECT_EQ(config_json(t5_config_from(json)).at("eos_token_id"), json["eos_token_id"]);
  json["decoder_start_token_id"] = {2, 5};
  EXPECT_THAT(refusal(json), HasSubstr("expected one id for \"decoder_start_token_id\""));
  json["decoder_start_token_id"] = nullptr;
  json["eos_token_id"] = 32128;
  EXPECT_THAT(refusal(json), HasSubstr("\"eos_token_id\" must be between 0 and 32127"));
}

TEST(T5Config, RefusesNumbersThatCannotBe) {
  const std::pair<const char*, nlohmann::json> lies[] = {{"num_layers", 1 << 20},
                                                         {"d_model", 9223372036854775808u},
                                                         {"d_ff", -1},
                                                         {"vocab_size", 1e9},
                                                         {"dropout_rate", 1.5},
                                                         {"dropout_rate", "high"},
                                                         {"layer_norm_epsilon", -1e-6},
                                                         {"tie_word_embeddings", 1},
                                                         {"feed_forward_proj", 7},
                                                         {"relative_attention_num_buckets", 2},
                                                         {"relative_attention_max_distance", 16}};
  for (const auto& [key, lie] : lies) {
    nlohmann::json json = tiny();
    json[key] = lie;
    EXPECT_THAT(refusal(json), HasSubstr(key)) << lie;
  }
}

TEST(T5Config, SurvivesARoundTrip) {
  nlohmann::json json = model_shapes().at("t5-v1_1-small");
  json["num_decoder_layers"] = 3;
  const T5Config config = t5_config_from(config_json(t5_config_from(json)));
  EXPECT_EQ(config.num_decoder_layers, 3);
  EXPECT_EQ(config.feed_forward_proj, "gated-gelu");
  EXPECT_FALSE(config.tie_word_embeddings);
  json["model_type"] = "umt5";
  const nlohmann::json saved = config_json(t5_config_from(json));
  EXPECT_EQ(saved.at("model_type"), "umt5");
  EXPECT_EQ(saved.at("architectures")[0], "UMT5ForConditionalGeneration");
}

// The published size of t5-small: 60,506,624 parameters (Raffel et al. 2020, sec. 3.7: "about 60
// million").
TEST(T5Weights, SmallHasThePublishedNumberOfParameters) {
  nlohmann::json json = model_shapes().at("t5-small");
  json["vocab_size"] = 32128;
  T5Weights weights;
  int64_t count = 0;
  for_each_weight(t5_config_from(json), weights, [&](const WeightSpec& spec, at::Tensor&) {
    int64_t size = 1;
    for (int64_t s : spec.shape) size *= s;
    count += size;
  });
  EXPECT_EQ(count, 60506624);
}

TEST(T5Weights, RandomStartDependsOnTheSeedAlone) {
  nlohmann::json json = tiny();
  json["vocab_size"] = 50;
  const T5Config config = t5_config_from(json);
  const T5Weights a = random_weights(config, 1), b = random_weights(config, 1),
                  c = random_weights(config, 2);
  EXPECT_TRUE(at::equal(a.shared_VD, b.shared_VD));
  EXPECT_FALSE(at::equal(a.shared_VD, c.shared_VD));
}

// transformers' initializer_factor multiplies what T5's weights start as, norms too.
TEST(T5Weights, RandomStartIsScaledByTheConfig) {
  nlohmann::json json = tiny();
  const T5Weights usual = random_weights(t5_config_from(json), 1);
  json["initializer_factor"] = 0.5;
  const T5Config config = t5_config_from(json);
  const T5Weights half = random_weights(config, 1);
  EXPECT_TRUE(at::equal(half.shared_VD, usual.shared_VD * 0.5));
  EXPECT_TRUE(at::equal(half.encoder.final_norm_D, usual.encoder.final_norm_D * 0.5));
  EXPECT_EQ(config_json(config).at("initializer_factor"), 0.5);
}

TEST(CausalWeights, RandomStartHasTheConfigsDeviation) {
  const nlohmann::json json = {{"model_type", "llama"},     {"vocab_size", 500},
                               {"hidden_size", 64},         {"num_attention_heads", 4},
                               {"num_hidden_layers", 1},    {"intermediate_size", 128},
                               {"initializer_range", 0.125}};
  const T5Config config = causal_config_from(json);
  const T5Weights weights = random_weights(config, 1);
  EXPECT_NEAR(weights.shared_VD.std().item<double>(), 0.125, 0.002);  // 32,000 draws
  EXPECT_EQ(weights.decoder.final_norm_D.min().item<double>(), 1);
  EXPECT_EQ(causal_config_json(config).at("initializer_range"), 0.125);
}

}  // namespace
}  // namespace dovetail
