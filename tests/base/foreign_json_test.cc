// SPDX-License-Identifier: Apache-2.0
#include "base/foreign_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/message_of.h"

namespace dovetail {
namespace {

const ForeignFile kFile{"adapter_config.json",
                        {{"r", KeyUse::kUsed, "rank"},
                         {"revision", KeyUse::kHarmless, "of the base on the hub"},
                         {"lora_bias", KeyUse::kRefused, "biases of its own", "[false]"}}};

TEST(ForeignJson, UsedAndHarmlessKeysPass) {
  const nlohmann::json json = {{"r", 8}, {"revision", "main"}};

  EXPECT_TRUE(check_foreign_keys(kFile, json, "a/adapter_config.json").empty());
}

TEST(ForeignJson, ARefusedKeyPassesWithANeutralValue) {
  for (const nlohmann::json& value : {nlohmann::json(false), nlohmann::json(nullptr)}) {
    const nlohmann::json json = {{"lora_bias", value}};

    EXPECT_TRUE(check_foreign_keys(kFile, json, "a/adapter_config.json").empty());
  }
}

TEST(ForeignJson, ARefusedKeyIsNamedWithItsValueAndFile) {
  const nlohmann::json json = {{"r", 8}, {"lora_bias", true}};

  EXPECT_EQ(
      message_of<ConfigError>([&] { check_foreign_keys(kFile, json, "a/adapter_config.json"); }),
      "a/adapter_config.json: \"lora_bias\" is true, which changes results and is not "
      "supported: biases of its own");
}

TEST(ForeignJson, UndeclaredKeysAreReturned) {
  const nlohmann::json json = {{"r", 8}, {"lora_bais", true}, {"zeta", 1}};

  EXPECT_EQ(check_foreign_keys(kFile, json, "a/adapter_config.json"),
            (std::vector<std::string>{"lora_bais", "zeta"}));
}

TEST(ForeignJson, OnlyAnObjectHasKeys) {
  EXPECT_THROW(check_foreign_keys(kFile, nlohmann::json::array(), "x.json"), ConfigError);
}

}  // namespace
}  // namespace dovetail
