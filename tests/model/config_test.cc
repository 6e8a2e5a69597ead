// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>

#include "model/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
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

// Seen by running transformers 5.23: mt5 never scales its logits and umt5 always does.
TEST(T5Config, ScalingIsFixedForTheMultilingualModels) {
  for (const bool tied : {false, true}) {
    nlohmann::json json = tiny();
    json["tie_word_embeddings"] = tied;
    json["model_type"] = "mt5";
    EXPECT_FALSE(t5_config_from(json).scale_decoder_outputs);
    json["model_type"] = "umt5";
    EXPECT_TRUE(t5_config_from(json).scale_decoder_outputs);
    EXPECT_TRUE(t5_config_from(json).bias_in_every_block);
  }
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
  EXPECT_EQ(config.eos_token_id, 2);
  EXPECT_EQ(config.decoder_start_token_id, 3);  // the padding, where nothing is said
  EXPECT_EQ(t5_config_from(config_json(config)).pad_token_id, 3);
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

}  // namespace
}  // namespace dovetail
