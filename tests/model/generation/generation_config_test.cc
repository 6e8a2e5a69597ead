// SPDX-License-Identifier: Apache-2.0
#include "model/generation/generation_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using ConfigJson = nlohmann::json;

T5Config with(const ConfigJson& generation_config) {
  T5Config config;
  config.vocab_size = 50;
  config.decoder_start_token_id = 4;
  config.eos_token_id = {6};
  config.generation_config = generation_config;
  return config;
}

GenerationSettings read(ConfigJson json) {
  if (!json.contains("eos_token_id")) json["eos_token_id"] = 1;
  return settings_of_generation_config(with(json), "x/generation_config.json");
}

std::string refusal(const ConfigJson& json) {
  try {
    read(json);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "taken";
}

// generate() of transformers 5.23, _prepare_generated_length: the start counts in max_length and
// min_length, and the two that count new tokens alone override them. Without any, 20 new tokens.
TEST(GenerationConfig, LengthsCountTheStartOrNewTokens) {
  EXPECT_EQ(read(ConfigJson::object()).max_new_tokens, 20);
  EXPECT_EQ(read({{"max_length", 20}}).max_new_tokens, 19);
  EXPECT_EQ(read({{"max_length", 20}, {"max_new_tokens", 7}}).max_new_tokens, 7);
  EXPECT_EQ(read({{"min_length", 5}}).min_new_tokens, 4);
  EXPECT_EQ(read({{"min_length", 0}}).min_new_tokens, 0);
  EXPECT_EQ(read({{"min_length", 5}, {"min_new_tokens", 2}}).min_new_tokens, 2);
  EXPECT_THAT(refusal({{"max_length", 1}}), HasSubstr("\"max_length\""));
}

TEST(GenerationConfig, NullIsLikeAMissingKey) {
  const GenerationSettings settings = read({{"num_beams", nullptr},
                                            {"top_h", nullptr},
                                            {"early_stopping", nullptr},
                                            {"top_k", nullptr}});
  EXPECT_EQ(settings.num_beams, 1);
  EXPECT_EQ(settings.top_k, 50);
  EXPECT_EQ(settings.early_stopping, EarlyStopping::kFalse);
  EXPECT_FALSE(settings.top_h);
}

TEST(GenerationConfig, TheStartIsBosWhereNoneIsNamed) {
  EXPECT_EQ(read({{"decoder_start_token_id", 3}, {"bos_token_id", 9}}).decoder_start_token_id, 3);
  EXPECT_EQ(read({{"bos_token_id", 9}}).decoder_start_token_id, 9);
  EXPECT_EQ(read(ConfigJson::object()).decoder_start_token_id,
            4);  // transformers refuses to generate
}

TEST(GenerationConfig, OldConfigurationsForceTheirBos) {
  ConfigJson json = {{"bos_token_id", 9}, {"force_bos_token_to_be_generated", true}};
  EXPECT_FALSE(read(json).forced_bos_token_id);
  json["_from_model_config"] = true;
  EXPECT_EQ(read(json).forced_bos_token_id, 9);
}

TEST(GenerationConfig, WithoutAnEndNothingEnds) {
  const T5Config config = with({{"pad_token_id", 0}});
  EXPECT_TRUE(
      settings_of_generation_config(config, "y/generation_config.json").eos_token_id.empty());
  GenerationSettings settings;
  apply_model_ids(config, settings);  // in a sweep, which teaches the model to end
  EXPECT_THAT(settings.eos_token_id, ElementsAre(6));
}

TEST(GenerationConfig, AModelWithoutAFolderHasItsOwnIds) {
  T5Config config = with(nullptr);
  GenerationSettings settings;
  apply_model_ids(config, settings);
  EXPECT_EQ(settings.decoder_start_token_id, 4);
  EXPECT_THAT(settings.eos_token_id, ElementsAre(6));
}

TEST(GenerationConfig, ASweepKeepsTheIdsAndSetsTheRestAside) {
  const T5Config config = with({{"eos_token_id", {2, 3}},
                                {"decoder_start_token_id", 5},
                                {"forced_eos_token_id", 2},
                                {"suppress_tokens", {7}},
                                {"bad_words_ids", {{8, 9}}},
                                {"num_beams", 4},
                                {"length_penalty", 1.0},
                                {"guidance_scale", 1.5},
                                {"transformers_version", "5.23.0"}});
  GenerationSettings settings;
  settings.max_new_tokens = 11;
  apply_model_ids(config, settings);
  EXPECT_EQ(settings.max_new_tokens, 11);
  EXPECT_EQ(settings.num_beams, 1);
  EXPECT_EQ(settings.decoder_start_token_id, 5);
  EXPECT_THAT(settings.eos_token_id, ElementsAre(2, 3));
  EXPECT_THAT(settings.forced_eos_token_id, ElementsAre(2));
  EXPECT_THAT(settings.suppress_tokens, ElementsAre(7));
  EXPECT_THAT(settings.bad_words_ids, ElementsAre(ElementsAre(8, 9)));
  EXPECT_THAT(settings_set_aside(config), ElementsAre("num_beams 4", "guidance_scale 1.5"));
}

TEST(GenerationConfig, RefusesByNameWhatItCannotDo) {
  const std::pair<const char*, ConfigJson> wrong[] = {
      {"guidance_scale", 1.5},
      {"num_beam_groups", 2},
      {"penalty_alpha", 0.6},
      {"stop_strings", {"."}},
      {"encoder_no_repeat_ngram_size", 3},
      {"max_time", 1.0},
      {"cache_implementation", "quantized"},
      {"num_beams", "four"},
      {"num_beams", 1.5},
      {"early_stopping", 1},
      {"do_sample", "yes"},
      {"eos_token_id", 50},
      {"eos_token_id", {1, "</s>"}},
      {"forced_bos_token_id", {1, 2}},
      {"bad_words_ids", {1, 2}},
      {"bad_words_ids", ConfigJson::array({ConfigJson::array()})},
      {"sequence_bias", {{"(1, 2)", -1.0}}},
      {"exponential_decay_length_penalty", 3}};
  for (const auto& [key, value] : wrong)
    EXPECT_THAT(refusal({{key, value}}), HasSubstr("\"" + std::string(key) + "\"")) << value;
  EXPECT_EQ(refusal({{"guidance_scale", 1}, {"num_beam_groups", 1}, {"stop_strings", nullptr}}),
            "taken");
}

}  // namespace
}  // namespace dovetail
