// SPDX-License-Identifier: Apache-2.0
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

TEST(T5Config, SurvivesARoundTrip) {
  nlohmann::json json = model_shapes().at("t5-v1_1-small");
  json["num_decoder_layers"] = 3;
  const T5Config config = t5_config_from(config_json(t5_config_from(json)));
  EXPECT_EQ(config.num_decoder_layers, 3);
  EXPECT_EQ(config.feed_forward_proj, "gated-gelu");
  EXPECT_FALSE(config.tie_word_embeddings);
}

// The published size of t5-small: 60,506,624 parameters (Raffel et al. 2020, sec. 3.7: "about 60 million").
TEST(T5Weights, SmallHasThePublishedNumberOfParameters) {
  nlohmann::json json = model_shapes().at("t5-small");
  json["vocab_size"] = 32128;
  T5Weights weights;
  int64_t count = 0;
  for_each_weight(t5_config_from(json), weights, [&](const WeightSpec& spec, torch::Tensor&) {
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
  const T5Weights a = random_weights(config, 1), b = random_weights(config, 1), c = random_weights(config, 2);
  EXPECT_TRUE(torch::equal(a.shared_VD, b.shared_VD));
  EXPECT_FALSE(torch::equal(a.shared_VD, c.shared_VD));
}

}  // namespace
}  // namespace dovetail
