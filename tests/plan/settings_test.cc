// SPDX-License-Identifier: Apache-2.0
#include "plan/settings.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

// Each settings type, with no field at its default.
const Json kExamples = {
    {"optimizer", Json::parse(R"({"name": "adafactor", "learning_rate": 0.3, "schedule": "cosine",
      "warmup": 7, "weight_decay": 0.01, "clip": 0.5, "parameters": {"beta1": 0.9}})")},
    {"options", Json::parse(R"({"accumulate": 4, "label_smoothing": 0.1, "z_loss": 0.0001,
      "ema": 0.999, "activation_checkpointing": true, "precision": "bfloat16"})")},
    {"vocabulary", Json::parse(R"({"type": "file", "vocab_size": 9, "sentinels": 8, "threads": 3,
      "max_lines": 6})")},
    {"steps", Json::parse(R"({"fixed": 5, "epochs": 2.5, "at_least": 3, "at_most": 9})")},
    {"evaluate", Json::parse(R"({"test_examples": 5, "metrics": ["bleu_4"], "max_new_tokens": 3,
      "batch_size": 9, "decoding": {"name": "beam", "parameters": {"num_beams": 3}},
      "also": [{"name": "sample", "parameters": {"top_k": 3}}]})")},
    {"adapt",
     Json::parse(R"({"name": "lm", "sentences": "random", "split": "random", "group": "learned",
      "lexicon": "mine", "prefix": "p", "rows": 7, "graph_rows": 6, "batch_size": 5, "max_source_length": 4,
      "max_target_length": 3, "dropout": 0.1, "seed": 2})")},
    {"select",
     Json::parse(
         R"({"examples": 8, "adaptations": ["none"], "shots": 5, "shot_steps": 4, "race_examples": 3, "race_steps": 2})")},
    {"train_size",
     Json::parse(R"({"examples": 5, "references": 2, "fraction": 0.1, "per_class": 4})")},
    {"choice", Json::parse(R"({"name": "full", "parameters": {"a": 1}})")}};

// So jobs of sweeps that say nothing of it keep their keys.
TEST(EvaluateSettings, HasItsPrecisionInItsJsonOnlyWhereItIsNotFloat32) {
  EvaluateSettings settings;
  EXPECT_FALSE(Json(settings).contains("precision"));
  settings.precision = "int8";
  EXPECT_EQ(Json(settings).at("precision"), "int8");
}

// A label that a sweep gives is part of the key, and jobs of all other sweeps keep theirs.
TEST(EvaluateSettings, HasALabelInItsJsonOnlyWhereOneIsGiven) {
  FurtherDecoding decoding{{.name = "beam"}, "beam"};
  EXPECT_FALSE(Json(decoding).contains("label"));
  EXPECT_EQ(Json(decoding).get<FurtherDecoding>().label, "beam");

  decoding.label = "wide";

  EXPECT_EQ(Json(decoding).get<FurtherDecoding>().label, "wide");
}

// What decides nothing is in no key: jobs without a share of warm-up, and without choices by
// validation, keep theirs.
TEST(TuneSettings, HasChoicesInItsJsonOnlyWhereOneIsMade) {
  TuneSettings settings;
  EXPECT_FALSE(Json(settings).contains("choice"));
  EXPECT_FALSE(Json(settings).at("optimizer").contains("warmup_ratio"));

  settings.optimizer.warmup_ratio = 0.25;
  settings.choice = {
      .metric = "rouge_l", .learning_rates = {0.5, 2}, .best_checkpoint = true, .patience = 3};

  const TuneSettings read = Json(settings).get<TuneSettings>();
  EXPECT_EQ(read.optimizer.warmup_ratio, 0.25);
  EXPECT_EQ(read.choice.metric, "rouge_l");
  EXPECT_EQ(read.choice.learning_rates, settings.choice.learning_rates);
  EXPECT_TRUE(read.choice.best_checkpoint);
  EXPECT_EQ(read.choice.patience, 3);
}

// Tokens of a sweep are part of the key, and jobs of all other sweeps keep theirs.
TEST(VocabularySettings, HasTokensInItsJsonOnlyWhereThereAreSome) {
  VocabularySettings settings;
  EXPECT_FALSE(Json(settings).contains("add_tokens"));

  settings.add_tokens = {"[EVENT]"};

  EXPECT_EQ(Json(settings).at("add_tokens"), Json::array({"[EVENT]"}));
  EXPECT_EQ(Json(settings).get<VocabularySettings>().add_tokens, settings.add_tokens);
}

template <typename Settings>
void expect_round_trip(const Json& json) {
  EXPECT_EQ(Json(json.get<Settings>()), json);
  for (const auto& [key, value] : json.items()) {
    Json without = json;
    without.erase(key);
    EXPECT_THROW(without.get<Settings>(), Json::out_of_range) << key;
  }
}

TEST(Settings, SurviveJsonAndMissNoKey) {
  expect_round_trip<OptimizerSettings>(kExamples["optimizer"]);
  expect_round_trip<TrainingOptions>(kExamples["options"]);
  expect_round_trip<VocabularySettings>(kExamples["vocabulary"]);
  expect_round_trip<StepSettings>(kExamples["steps"]);
  expect_round_trip<EvaluateSettings>(kExamples["evaluate"]);
  Json adapt = kExamples["adapt"];
  adapt.update({{"steps", kExamples["steps"]},
                {"options", kExamples["options"]},
                {"optimizer", kExamples["optimizer"]}});
  expect_round_trip<AdaptSettings>(adapt);
  expect_round_trip<SelectSettings>(kExamples["select"]);
  expect_round_trip<TrainSizeSettings>(kExamples["train_size"]);
  expect_round_trip<ChoiceSettings>(kExamples["choice"]);
  expect_round_trip<PretrainSettings>({{"steps", 2},
                                       {"batch_tokens", 3},
                                       {"sequence_length", 4},
                                       {"pack_sequences", false},
                                       {"dropout", 0.1},
                                       {"seed", 5},
                                       {"options", kExamples["options"]},
                                       {"optimizer", kExamples["optimizer"]}});
  expect_round_trip<TuneSettings>({{"steps", kExamples["steps"]},
                                   {"batch_size", 3},
                                   {"batch_tokens", 4},
                                   {"dropout", 0.1},
                                   {"max_source_length", 5},
                                   {"max_target_length", 6},
                                   {"evaluations", 7},
                                   {"validation_examples", 8},
                                   {"keep_model", true},
                                   {"options", kExamples["options"]},
                                   {"optimizer", kExamples["optimizer"]}});
}

}  // namespace
}  // namespace dovetail
