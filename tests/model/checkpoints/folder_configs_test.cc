// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/folder_configs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "model/checkpoints/checkpoint.h"
#include "model/weights.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class ConfigFolder : public testing::Test {
 protected:
  ConfigFolder() { fs::create_directories(folder_); }
  ~ConfigFolder() override { fs::remove_all(folder_); }

  FolderConfigs read(const Json& added, const Json& generation_config = nullptr) {
    Json config = {{"model_type", "t5"}, {"d_model", 8},   {"d_kv", 2},       {"d_ff", 12},
                   {"num_layers", 1},    {"num_heads", 3}, {"vocab_size", 20}};
    if (added.is_object()) config.update(added);
    write_file_atomically(folder_ / "config.json", config.dump());
    fs::remove(folder_ / "generation_config.json");
    if (!generation_config.is_null())
      write_file_atomically(folder_ / "generation_config.json", generation_config.dump());
    return read_folder_configs(folder_);
  }

  const fs::path folder_ =
      fs::temp_directory_path() / fmt::format("dovetail_folder_configs_{}", ::getpid());
};

// GenerationMixin.adjust_generation_fn of transformers 5.23.
TEST_F(ConfigFolder, GenerationKeysOfConfigCountWhereTheirFileIsMissing) {
  const Json old = {{"num_beams", 4}, {"forced_bos_token_id", 9}, {"decoder_start_token_id", 5}};
  Json found = read(old).config.generation_config;
  EXPECT_EQ(found.at("num_beams"), 4);
  EXPECT_EQ(found.at("forced_bos_token_id"), 9);
  EXPECT_EQ(found.at("decoder_start_token_id"), 5);
  EXPECT_EQ(found.at("eos_token_id"), 1);

  found = read(old, {{"decoder_start_token_id", 3}, {"eos_token_id", 2}}).config.generation_config;
  EXPECT_EQ(found, (Json{{"decoder_start_token_id", 3}, {"eos_token_id", 2}}));
  EXPECT_EQ(read(old, {{"decoder_start_token_id", 3}}).config.decoder_start_token_id, 5);
  EXPECT_EQ(read({}, {{"decoder_start_token_id", 3}}).config.decoder_start_token_id, 3);
}

TEST_F(ConfigFolder, WhatIsWrittenIsWhatCameWithTheModel) {
  const Json given = {{"num_beams", 4}, {"eos_token_id", {1, 7}}, {"custom", "kept"}};
  Json written = generation_config_json(read({{"decoder_start_token_id", 5}}, given).config);
  EXPECT_EQ(written.at("decoder_start_token_id"), 5);  // which transformers needs
  EXPECT_EQ(written.at("pad_token_id"), 0);
  for (const auto& [key, value] : given.items()) EXPECT_EQ(written.at(key), value);
  EXPECT_EQ(generation_config_json(T5Config()), (Json{{"_from_model_config", true},
                                                      {"decoder_start_token_id", 0},
                                                      {"eos_token_id", 1},
                                                      {"pad_token_id", 0}}));
}

TEST_F(ConfigFolder, UsualIdsAreNoPartOfAKey) {
  EXPECT_EQ(unusual_ids(read({}).config), "");
  EXPECT_EQ(unusual_ids(read({{"num_beams", 4}, {"pad_token_id", 0}}).config), "");
  EXPECT_EQ(unusual_ids(read({}, {{"eos_token_id", {1}}, {"decoder_start_token_id", 0}}).config),
            "");
  EXPECT_EQ(unusual_ids(read({}, {{"num_beams", 4}, {"temperature", 0.5}}).config), "");
  EXPECT_NE(unusual_ids(read({{"decoder_start_token_id", 5}}).config), "");
  EXPECT_NE(unusual_ids(read({{"eos_token_id", {1, 2}}}).config), "");
  EXPECT_NE(unusual_ids(read({}, {{"suppress_tokens", {5}}}).config), "");
  EXPECT_NE(unusual_ids(read({}, {{"bos_token_id", 5}}).config), "");
}

TEST_F(ConfigFolder, AFingerprintChangesWithWhatChangesResults) {
  const T5Config plain = read({}).config;
  save_checkpoint(folder_, plain, random_weights(plain, 1));
  const std::string before = checkpoint_fingerprint(folder_);
  fs::remove(folder_ / "generation_config.json");  // says nothing that config.json does not say
  EXPECT_EQ(checkpoint_fingerprint(folder_), before);
  write_file_atomically(folder_ / "generation_config.json",
                        R"({"decoder_start_token_id": 0, "eos_token_id": 1, "num_beams": 4})");
  EXPECT_EQ(checkpoint_fingerprint(folder_), before);
  write_file_atomically(folder_ / "generation_config.json",
                        R"({"decoder_start_token_id": 0, "eos_token_id": [1, 4]})");
  EXPECT_NE(checkpoint_fingerprint(folder_), before);
}

TEST_F(ConfigFolder, RefusedKeysAreNamed) {
  try {
    read({{"tie_encoder_decoder", true}});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("\"tie_encoder_decoder\" is true"));
  }
  EXPECT_NO_THROW(read({{"tie_encoder_decoder", false}, {"pruned_heads", Json::object()}}));
}

}  // namespace
}  // namespace dovetail
