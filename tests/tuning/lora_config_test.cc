// SPDX-License-Identifier: Apache-2.0
// Which layers an adapter_config.json names, and with which rank and scale. The expected values
// follow from PEFT 0.21.2's sources by hand; tests/oracles/adapters_test.py asks PEFT itself.
#include "tuning/lora_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

LoraConfig lora_config(const std::string& json, const std::string& model_type = "t5") {
  return {{.file = "adapter_config.json",
           .peft_type = "LORA",
           .json = nlohmann::ordered_json::parse(json)},
          model_type};
}

constexpr const char* kEncoderQ = "encoder.block.0.layer.0.SelfAttention.q";
constexpr const char* kDecoderQ = "decoder.block.11.layer.0.SelfAttention.q";
constexpr const char* kCrossV = "decoder.block.1.layer.1.EncDecAttention.v";
constexpr const char* kWo = "encoder.block.1.layer.1.DenseReluDense.wo";

TEST(ModulePattern, IsPythonsFullmatch) {
  const auto matches = [](const std::string& pattern, const std::string& name) {
    return ModulePattern(pattern, "key").matches(name);
  };
  EXPECT_TRUE(matches(".*decoder.*(SelfAttention|EncDecAttention).*(q|v)$", kCrossV));
  EXPECT_FALSE(matches(".*decoder.*(SelfAttention|EncDecAttention).*(q|v)$", kEncoderQ));
  EXPECT_TRUE(matches(R"(^encoder\.block\.[0-2]\..*)", kEncoderQ));
  EXPECT_FALSE(matches("q", kEncoderQ));
  EXPECT_TRUE(matches(R"((?!encoder).*\.block\.\d{2}\.(?:[^.]+\.)*q)", kDecoderQ));
  EXPECT_TRUE(matches(R"([\w.]+\.wo|[)(]+)", kWo));
}

TEST(ModulePattern, RefusesWhatTheTwoLanguagesReadDifferently) {
  for (const char* pattern :
       {R"(\Aq)", R"((q)\1)", "(?P<name>q)", "(?i)Q", "(?<=o)q", "q++", "a{2}+", "[]q]", "[^]q]",
        "[[:alpha:]]", R"([\]q[])", R"(q\)", "(q", "*q"}) {
    try {
      ModulePattern(pattern, "adapter_config.json: \"rank_pattern\"");
      ADD_FAILURE() << pattern;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("\"rank_pattern\"")) << pattern;
    }
  }
}

TEST(LoraConfig, NamesAndEndingsChooseLayers) {
  const LoraConfig config = lora_config(R"({"target_modules": ["q", "DenseReluDense.wo"],
    "exclude_modules": ["block.11.layer.0.SelfAttention.q"]})");
  EXPECT_TRUE(config.targets(kEncoderQ));
  EXPECT_TRUE(config.targets(kWo));
  EXPECT_FALSE(config.targets(kDecoderQ));
  EXPECT_FALSE(config.targets(kCrossV));
  EXPECT_FALSE(lora_config(R"({"target_modules": ["nse.wo"]})").targets(kWo));
  EXPECT_TRUE(lora_config(R"({"target_modules": "All-Linear"})").targets(kWo));
  EXPECT_FALSE(lora_config(R"({"target_modules": "all-linear",
    "exclude_modules": ".*wo"})")
                   .targets(kWo));
}

TEST(LoraConfig, WithoutTargetsPeftHasDefaultsForT5AndMt5Alone) {
  EXPECT_TRUE(lora_config("{}", "mt5").targets(kCrossV));
  EXPECT_FALSE(lora_config("{}").targets(kWo));
  EXPECT_THROW(lora_config("{}", "umt5"), ConfigError);
}

TEST(LoraConfig, LayersAreCountedByTheFirstNumberOrByThePatternsNumber) {
  const LoraConfig first = lora_config(R"({"target_modules": ["q", "v"],
    "layers_to_transform": [1, 11]})");
  EXPECT_FALSE(first.targets(kEncoderQ));
  EXPECT_TRUE(first.targets(kDecoderQ));
  EXPECT_TRUE(first.targets(kCrossV));
  const LoraConfig sublayer = lora_config(R"({"target_modules": ["q", "v"],
    "layers_to_transform": 1, "layers_pattern": "layer"})");
  EXPECT_FALSE(sublayer.targets(kDecoderQ));
  EXPECT_TRUE(sublayer.targets(kCrossV));
  const std::string whole = R"({"layers_to_transform": [5], "target_modules": [")";
  EXPECT_TRUE(lora_config(whole + kEncoderQ + "\"]}").targets(kEncoderQ));  // whatever its layer
}

TEST(LoraConfig, TheFirstPatternOfTheFileThatMatchesDecides) {
  const LoraConfig config = lora_config(R"({"r": 4, "lora_alpha": 8, "target_modules": ["q", "v"],
    "alpha_pattern": {"v": 3, "EncDecAttention.v": 5, "^block.0": 7, "encoder|layer.0.*q": 9,
                      "SelfAttention": 11},
    "rank_pattern": {"^encoder\\.block\\.0\\..*": 2, "q": 6}})");
  EXPECT_DOUBLE_EQ(config.scaling(kCrossV), 3.0 / 4);  // not 5: v stands first
  EXPECT_DOUBLE_EQ(config.scaling(kEncoderQ), 9.0 / 2);
  EXPECT_DOUBLE_EQ(config.scaling(kDecoderQ), 9.0 / 6);
  EXPECT_EQ(config.r(kCrossV), 4);
}

TEST(LoraConfig, AnEndingMatchesFromADotOnly) {
  const LoraConfig config = lora_config(R"({"r": 2, "lora_alpha": 4, "target_modules": ["wo"],
    "alpha_pattern": {"o": 6, "DenseReluDense": 8}})");
  EXPECT_DOUBLE_EQ(config.scaling(kWo), 4.0 / 2);
}

TEST(LoraConfig, RankStabilisedScalingTakesTheRoot) {
  const LoraConfig config = lora_config(R"({"r": 4, "lora_alpha": 8, "target_modules": ["q", "v"],
    "use_rslora": true, "rank_pattern": {"q": 9}})");
  EXPECT_DOUBLE_EQ(config.scaling(kCrossV), 8.0 / 2);
  EXPECT_DOUBLE_EQ(config.scaling(kEncoderQ), 8.0 / 3);
}

TEST(LoraConfig, ParametersAreMatchedByTheirWholeName) {
  const LoraConfig config = lora_config(R"({"r": 4, "lora_alpha": 8, "target_modules": ["wo"],
    "target_parameters": ["SelfAttention.q.weight"], "alpha_pattern": {"q": 3, "q.weight": 12}})");
  EXPECT_TRUE(config.targets(kEncoderQ));
  EXPECT_TRUE(config.targets(kWo));
  EXPECT_FALSE(config.targets(kCrossV));
  EXPECT_DOUBLE_EQ(config.scaling(kEncoderQ), 3);
  EXPECT_THROW(lora_config(R"({"target_modules": ["q"], "target_parameters": ["q.weight"]})")
                   .targets(kEncoderQ),
               ConfigError);
}

TEST(LoraConfig, KnowsTheStartsThatChangeTheModel) {
  const auto residual = [](const std::string& start) {
    return lora_config(R"({"init_lora_weights": )" + start + "}").residual();
  };
  EXPECT_EQ(residual("\"pissa\""), LoraConfig::Residual::pissa);
  EXPECT_EQ(residual("\"OLoRA\""), LoraConfig::Residual::olora);
  for (const char* start : {"true", "false", "null", "\"gaussian\"", "\"eva\"", "\"orthogonal\"",
                            "\"lora_ga\"", "\"mica\""}) {
    EXPECT_EQ(residual(start), LoraConfig::Residual::none) << start;
  }
}

TEST(LoraConfig, RefusesByTheNameOfTheKey) {
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"init_lora_weights", "\"pissa_niter_4\""},
           {"init_lora_weights", "\"corda\""},
           {"init_lora_weights", "\"loftq\""},
           {"init_lora_weights", "\"PiSSA\""},
           {"init_lora_weights", "3"},
           {"r", "0"},
           {"lora_alpha", "\"8\""},
           {"use_rslora", "1"},
           {"alpha_pattern", "[3]"},
           {"rank_pattern", R"({"q": "2"})"},
           {"rank_pattern", R"({"(?i)Q": 2})"},
           {"target_modules", "[1]"},
           {"layers_to_transform", "[\"0\"]"},
           {"use_dora", R"(true, "target_parameters": ["q.weight"])"}}) {
    try {
      lora_config("{\"" + key + "\": " + value + "}");
      ADD_FAILURE() << key << value;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("\"" + key + "\"")) << value;
    }
  }
}

}  // namespace
}  // namespace dovetail
