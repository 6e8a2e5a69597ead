// SPDX-License-Identifier: Apache-2.0
// The adaptation instruction_modelling in plans: settings of the cell itself, and what it refuses.
#include "sweep/instruction_modelling.h"

#include "sweep_fixture.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kSweep = R"(name = "small"
[model]
config = "t5-tiny"
[text]
corpus = ["wordnet-text"]
vocabulary = { vocab_size = 1000 }
[tune]
steps = { per_epoch = 4, at_least = 10 }
[axes]
objective = ["span_corruption"]
adaptation = ["none", "instruction_modelling"]
task = ["wordnet/category"]
template = ["chat_plain"]
tuning = ["full"]
train_size = [30]
seed = [1]
)";

class InstructionModellingTest : public SweepFixture {
 protected:
  static Catalogues chat_catalogues() {
    Catalogues all = test_catalogues();
    all.templates.push_back({.name = "chat_plain", .conversation = true});
    all.objectives[0].networks = Networks::encoder_decoder;
    all.objectives.push_back({.name = "language_modelling", .networks = Networks::causal});
    all.tunings.push_back({.name = "linear_probe", .classifies = true});
    all.tunings.push_back({.name = "dept", .defaults = {{"max_source_length", 0}}});
    all.model_shapes["llama-tiny"] =
        Json::parse(R"({"model_type": "llama", "hidden_size": 128, "num_attention_heads": 4,
                        "num_hidden_layers": 5, "intermediate_size": 352})");
    return all;
  }

  // All tasks are classifications, so that nothing else refuses a tuning of labels.
  class Classifications : public NamedData {
    Json task_facts(const std::string&) override { return {{"layout", "classification"}}; }
    void check_headers(const ChoiceSettings& tmpl, const TuneSettings& tune, const std::string&,
                       const VocabularySettings&, const std::string&) override {
      if (tune.max_source_length < 4) throw_<ConfigError>("headers of {}", tmpl.name);
    }
    int64_t soft_tokens(const ChoiceSettings&, const ChoiceSettings&,
                        const std::string& task) override {
      return task == "wordnet/category" ? 20 : 40;
    }
    int64_t sentinels_to_denoise(int64_t tokens) override { return tokens == 64 ? 6 : 0; }
  };
  Plan plan_chats(const std::string& text) {
    write("q.toml", text);
    Classifications data;
    return make_plan(parse_sweep(folder_ / "q.toml", chat_catalogues()), data);
  }
  std::string refusal(const std::string& text) {
    try {
      plan_chats(text);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }

  static const Job& cell(const Plan& plan, const std::string& adaptation) {
    for (const Job& job : plan.jobs)
      if (job.name.find("/" + adaptation + "/") != std::string::npos && job.kind == JobKind::tune)
        return job;
    throw std::logic_error("no cell " + adaptation);
  }
  static std::string causal(const std::string& adaptation) {
    return with(with(with(kSweep, "t5-tiny", "llama-tiny"), "\"span_corruption\"",
                     "\"language_modelling\""),
                "\"instruction_modelling\"", adaptation);
  }
};

TEST_F(InstructionModellingTest, ChangesTheCellAndAddsNoJob) {
  const Plan plan = plan_chats(kSweep);
  const Job &none = cell(plan, "none"), &modelled = cell(plan, "instruction_modelling");
  EXPECT_EQ(modelled.inputs, none.inputs) << "both start from the base";
  EXPECT_NE(modelled.key, none.key);
  EXPECT_FALSE(settings_of<TuneJob>(none).instruction_modelling);
  const Json& parameters = *settings_of<TuneJob>(modelled).instruction_modelling;
  EXPECT_EQ(parameters.at("instruction_weight"), 1);
  EXPECT_EQ(parameters.at("normalization"), "weights");
  EXPECT_EQ(settings_of<TuneJob>(modelled).start.adaptation, "");
  for (const Job& job : plan.jobs) EXPECT_NE(job.kind, JobKind::adapt);
  // no baseline of its own: before tuning it is the base
  size_t untuned = 0;
  for (const Cell& one : plan.cells) untuned += one.name.find("untuned") != std::string::npos;
  EXPECT_EQ(untuned, 1u);
}

TEST_F(InstructionModellingTest, AShareOfTheStepsIsThatOfTheCell) {
  const Plan plan = plan_chats(with(kSweep, "\"instruction_modelling\"",
                                    "{ name = \"instruction_modelling\", steps_share = 0.5 }"));
  const StepSettings& steps = settings_of<TuneJob>(cell(plan, "instruction_modelling")).tune.steps;
  EXPECT_EQ(steps.epochs, 2);
  EXPECT_EQ(steps.at_least, 5);
  EXPECT_EQ(steps.fixed, 0);
  EXPECT_EQ(settings_of<TuneJob>(cell(plan, "none")).tune.steps.epochs, 4);
}

TEST_F(InstructionModellingTest, WhatCannotBeIsRefused) {
  EXPECT_THAT(
      refusal(with(kSweep, "[\"chat_plain\"]", "[\"mapping\"]")),
      AllOf(HasSubstr("q.toml:13"), HasSubstr("\"mapping\" does not"), HasSubstr("chat_plain")));
  EXPECT_THAT(refusal(with(kSweep, "\"full\"", "\"linear_probe\"")),
              HasSubstr("reads a label off the encoder"));
  const auto given = [](const std::string& more) {
    return with(kSweep, "\"instruction_modelling\"",
                "{ name = \"instruction_modelling\", " + more + " }");
  };
  EXPECT_THAT(refusal(given("split = \"first\"")), HasSubstr("random_prefix"));
  EXPECT_THAT(refusal(given("output_weight = 0")), HasSubstr("output_weight"));
  EXPECT_THAT(refusal(given("steps = 3")), HasSubstr("unknown key \"steps\""));
}

TEST_F(InstructionModellingTest, DecoderOnlyModelsHaveIt) {
  EXPECT_EQ(refusal(causal("\"instruction_modelling\"")), "no error");
  EXPECT_THAT(refusal(causal("\"continued\"")), HasSubstr("\"instruction_modelling\""));
  EXPECT_THAT(refusal(causal("{ name = \"instruction_modelling\", split = "
                             "\"denoised_instruction\" }")),
              HasSubstr("needs an encoder"));
  const std::string dept = with(causal("\"instruction_modelling\""), "\"full\"", "\"dept\"");
  EXPECT_THAT(refusal(dept), HasSubstr("split = \"random_prefix\""));
  EXPECT_EQ(refusal(with(dept, "\"instruction_modelling\"",
                         "{ name = \"instruction_modelling\", split = \"random_prefix\" }")),
            "no error");
}

// By the numbers of the fake data: 6 sentinels to denoise the longest source, of 64 tokens.
TEST_F(InstructionModellingTest, ItNeedsAsManySentinelsAsItMayTake) {
  const auto given = [](const std::string& split, const std::string& sentinels) {
    return with(with(kSweep, "\"instruction_modelling\"",
                     "{ name = \"instruction_modelling\", split = \"" + split + "\" }"),
                "vocab_size = 1000", "vocab_size = 1000, sentinels = " + sentinels);
  };
  EXPECT_EQ(refusal(given("denoised_instruction", "6")), "no error");
  EXPECT_THAT(refusal(given("denoised_instruction", "5")),
              AllOf(HasSubstr("q.toml:11"), HasSubstr("may need 6 sentinels"),
                    HasSubstr("64 tokens"), HasSubstr("has 5")));
  EXPECT_EQ(refusal(given("encoder_head", "1")), "no error");
  EXPECT_THAT(refusal(causal("{ name = \"instruction_modelling\", split = \"encoder_head\" }")),
              HasSubstr("needs an encoder"));
}

// What the data say of a chat template's headers is an error at its place.
TEST_F(InstructionModellingTest, HeadersMustFit) {
  EXPECT_THAT(refusal(with(kSweep, "[tune]", "[tune]\nmax_source_length = 3")),
              AllOf(HasSubstr("q.toml:14"), HasSubstr("headers of chat_plain")));
}

// Two tasks under a template with soft tokens: the first has 20, the other 40.
TEST_F(InstructionModellingTest, TransferNeedsSoftTokensThatTheCellTrains) {
  std::string sweep =
      with(kSweep, "[\"wordnet/category\"]", "[\"wordnet/category\", \"wordnet/part_of_speech\"]");
  sweep = with(sweep, "[axes]", "[evaluate]\ntransfer = [\"wordnet.part_of_speech\"]\n[axes]");
  EXPECT_EQ(refusal(sweep), "no error");
  sweep = with(sweep, "\"full\"", "\"soft_prompt\"");
  EXPECT_THAT(refusal(sweep), AllOf(HasSubstr("q.toml:16"), HasSubstr("needs 40 soft tokens"),
                                    HasSubstr("trains 20 on wordnet.category")));
  EXPECT_EQ(refusal(with(sweep, "transfer = [\"wordnet.part_of_speech\"]",
                         "transfer = [\"wordnet.category\"]")),
            "no error");
}

// By hand: of 40 source tokens, a quarter become target where half of the rows are split.
TEST(TrainedLengths, MoveAShareOfTheSourceToTheTarget) {
  TuneJob cell;
  EXPECT_EQ(trained_lengths(cell, {.source = 40, .target = 8}).target, 8);
  cell.instruction_modelling =
      Json{{"instruction_weight", 1}, {"split_share", 0.5}, {"split", "random_prefix"}};
  EXPECT_EQ(trained_lengths(cell, {.source = 40, .target = 8}).source, 30);
  EXPECT_EQ(trained_lengths(cell, {.source = 40, .target = 8}).target, 18);
  (*cell.instruction_modelling)["split"] = "encoder_head";
  EXPECT_EQ(trained_lengths(cell, {.source = 40, .target = 8}).target, 8) << "nothing moves";
}

}  // namespace
}  // namespace dovetail
