// SPDX-License-Identifier: Apache-2.0
// Sweeps of decoder-only models: shapes, sizes, and what does not go with them.
#include "plan/model_size.h"
#include "sweep/sweep_fixture.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kLlama =
    R"({"model_type": "llama", "hidden_size": 128, "num_attention_heads": 4,
        "num_key_value_heads": 2, "num_hidden_layers": 5, "intermediate_size": 352,
        "transformers_version": "5", "eos_token_id": 2, "vocab_size": 1000})";

class CausalSweeps : public SweepFixture {
 protected:
  CausalSweeps() { write("llama/config.json", kLlama); }

  static Catalogues causal_catalogues() {
    Catalogues catalogues = test_catalogues();
    catalogues.objectives[0].networks = Networks::encoder_decoder;  // span_corruption
    catalogues.objectives.push_back({.name = "language_modelling", .networks = Networks::causal});
    catalogues.model_shapes["llama-tiny"] = Json::parse(kLlama);
    return catalogues;
  }
  static std::string sweep_of(const std::string& model, const std::string& objectives) {
    const std::string text = with(kSmallSweep, "\"t5-tiny\"", model);
    return with(with(text, "[\"none\", \"span_corruption\"]", objectives),
                "[[exclude]]\ntuning = \"soft_prompt\"\nobjective = \"none\"\n", "");
  }
  Sweep parse_causal(const std::string& text) {
    write("q.toml", text);
    return parse_sweep(folder_ / "q.toml", causal_catalogues());
  }
  std::string refusal(const std::string& text) {
    try {
      parse_causal(text);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(CausalSweeps, ShapesKeepTheirOwnKeys) {
  const Sweep named = parse_causal(sweep_of("\"llama-tiny\"", R"(["language_modelling"])"));
  EXPECT_EQ(named.model, Json::parse(kLlama)) << "as the catalogue has it";
  const Sweep folder = parse_causal(sweep_of("\"llama\"", R"(["prefix_lm", "none"])"));
  EXPECT_EQ(folder.model.at("hidden_size"), 128);
  for (const char* key : {"vocab_size", "eos_token_id", "transformers_version", "d_model"})
    EXPECT_FALSE(folder.model.contains(key)) << key;
}

// A key that the plan leaves out does not reach the model.
TEST_F(CausalSweeps, TheScaleOfRandomWeightsIsInThePlanWhereItIsNotTheUsualOne) {
  const auto model_with = [&](double range) {
    Json config = Json::parse(kLlama);
    config["initializer_range"] = range;
    write("llama/config.json", config.dump());
    return parse_causal(sweep_of("\"llama\"", R"(["language_modelling"])")).model;
  };
  EXPECT_EQ(model_with(0.1).at("initializer_range"), 0.1);
  EXPECT_FALSE(model_with(0.02).contains("initializer_range"));
}

TEST_F(CausalSweeps, TheSecondNameOfAKeyWins) {
  const auto model_of = [&](const std::string& config) {
    write("llama/config.json", config);
    return parse_causal(sweep_of("\"llama\"", R"(["none"])")).model;
  };
  const Json gpt2 = model_of(
      R"({"model_type": "gpt2", "n_embd": 64, "n_head": 4, "n_layer": 2, "num_hidden_layers": 3})");
  EXPECT_EQ(gpt2.at("n_layer"), 3);
  const Json t5 = model_of(
      R"({"d_model": 64, "d_kv": 16, "d_ff": 128, "num_heads": 4, "num_layers": 2,
          "num_hidden_layers": 3})");
  EXPECT_EQ(t5.at("num_layers"), 3);
  EXPECT_EQ(t5.at("num_decoder_layers"), 3);
}

TEST_F(CausalSweeps, ATableIsAShape) {
  const auto model_of = [&](const std::string& table) {
    return parse_causal(sweep_of(table, R"(["language_modelling"])")).model;
  };
  const std::string sizes =
      "hidden_size = 64, num_attention_heads = 4, num_key_value_heads = 4, intermediate_size = 256";
  const Json model = model_of("{ model_type = \"llama\", num_hidden_layers = 3, " + sizes +
                              ", initializer_range = 0.1 }");
  EXPECT_EQ(model, Json::parse(R"({"model_type": "llama", "num_hidden_layers": 3,
      "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 4,
      "intermediate_size": 256, "initializer_range": 0.1})"));

  const auto refused = [&](const std::string& table) {
    return refusal(sweep_of(table, R"(["language_modelling"])"));
  };
  EXPECT_THAT(refused("{ model_type = \"llama\", " + sizes + " }"),
              HasSubstr("config of [model] lacks a size of a \"llama\""));
  EXPECT_THAT(refused("{ model_type = \"llama\", n_layer = 2 }"), HasSubstr("unknown key"));
  EXPECT_THAT(refused("{ model_type = \"opt\", n_layer = 2 }"),
              HasSubstr("model_type is \"opt\"; expected \"llama\" or \"gpt2\""));
}

TEST_F(CausalSweeps, ObjectivesThatDoNotGoWithTheModelAreRefused) {
  EXPECT_THAT(refusal(sweep_of("\"llama-tiny\"", R"(["span_corruption"])")),
              AllOf(HasSubstr("q.toml:16"), HasSubstr("\"span_corruption\" is for encoder-decoder"),
                    HasSubstr("language_modelling"), HasSubstr("prefix_lm")));
  EXPECT_THAT(
      refusal(sweep_of("\"t5-tiny\"", R"(["language_modelling"])")),
      AllOf(HasSubstr("\"language_modelling\" is for decoder-only"), HasSubstr("span_corruption")));
  EXPECT_THAT(
      refusal(sweep_of("\"llama-tiny\"", R"([{ stages = ["prefix_lm", "span_corruption"] }])")),
      HasSubstr("\"span_corruption\""));
}

TEST_F(CausalSweeps, ProbesAndAdaptationsAreRefused) {
  const std::string sweep = sweep_of("\"llama-tiny\"", R"(["none"])");
  EXPECT_THAT(refusal(with(sweep, "[axes]", "[select]\nexamples = 8\n[axes]")),
              HasSubstr("[select]"));
  EXPECT_THAT(refusal(with(sweep, "[axes]", "[axes]\nadaptation = [\"none\", \"continued\"]")),
              AllOf(HasSubstr("\"continued\""), HasSubstr("decoder-only")));
  const std::string published =
      sweep_of("\"t5-tiny\"", R"([{ checkpoint = "llama", label = "published" }])");
  EXPECT_THAT(refusal(with(published, "[axes]", "[select]\nexamples = 8\n[axes]")),
              HasSubstr("[select]"));
  EXPECT_EQ(refusal(published), "no error");
}

TEST_F(CausalSweeps, FoldersWithoutASizeAreRefused) {
  write("broken/config.json", R"({"model_type": "llama", "hidden_size": 128})");
  EXPECT_THAT(refusal(sweep_of("\"broken\"", R"(["none"])")), HasSubstr("num_attention_heads"));
}

// By hand: q, o of 128 x 128, k, v of 64 x 128, three matrices of 352 x 128 in each of 5 blocks.
TEST(CausalModelSize, CountsTheOneStackOnce) {
  const double stack = 5.0 * (2 * 128 * 128 + 2 * 64 * 128 + 3 * 352 * 128), head = 1000 * 128;
  const ModelSize size = model_size(Json::parse(kLlama), 1000);
  EXPECT_EQ(size.weights(), stack + head);
  // 10 tokens of source, 4 of target
  EXPECT_EQ(train_flops(size, 10, 4), 6 * (14 * stack + 4 * head) + 12 * 128 * 5 * 14 * 14);

  const Json gpt2 = {{"model_type", "gpt2"}, {"n_embd", 64}, {"n_head", 4}, {"n_layer", 3}};
  EXPECT_EQ(model_size(gpt2, 100).weights(), 3 * (4 * 64 * 64 + 2 * 64 * 256) + 100 * 64);
}

}  // namespace
}  // namespace dovetail
