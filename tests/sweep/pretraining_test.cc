// SPDX-License-Identifier: Apache-2.0
// Budgets and packing of [pretrain], and starts in stages.
#include "sweep/sweep_fixture.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

class Pretraining : public SweepFixture {
 protected:
  static std::string sweep_with(const std::string& pretrain, const std::string& objective) {
    const std::string text = with(kSmallSweep, "steps = 100\n", "steps = 100\n" + pretrain + "\n");
    return with(with(text, "[\"none\", \"span_corruption\"]", objective),
                "[[exclude]]\ntuning = \"soft_prompt\"\nobjective = \"none\"\n", "");
  }
  // The pre-trainings of the plan by name.
  static std::map<std::string, Job> pretrainings(const Plan& plan) {
    std::map<std::string, Job> found;
    for (const Job& job : plan.jobs) {
      if (job.kind == JobKind::pretrain) found[job.name] = job;
    }
    return found;
  }
};

// A step spends 100 tokens of loss; the reference 60. So 60 of the objective's steps are 100 of it.
class KnownSpending : public NamedData {
 public:
  std::optional<PretrainEstimate> pretrain_estimate(const PretrainJob&,
                                                    const std::vector<std::string>&,
                                                    const VocabularySettings&, const std::string&,
                                                    const ModelSize&) override {
    return PretrainEstimate{.step = {.examples = 10, .loss_tokens = 100, .final_only = final_only},
                            .reference_step = {.loss_tokens = 60},
                            .long_final_share = 0.3};
  }
  double final_only = 0;
};

TEST_F(Pretraining, WithoutABudgetKeepsItsSettings) {
  const Plan plan = this->plan(sweep_with("", R"(["span_corruption"])"));
  const Json settings = settings_json(pretrainings(plan).begin()->second.settings);
  EXPECT_EQ(settings.at("pretrain").size(), 8u) << settings.dump();
  EXPECT_EQ(settings.size(), 4u);
}

TEST_F(Pretraining, TheBudgetDecidesTheStepsThatArePlanned) {
  const Sweep sweep = parse(sweep_with("budget = \"loss_tokens\"", R"(["prefix_lm"])"));
  KnownSpending data;
  const Job job = pretrainings(make_plan(sweep, data)).at("pretrain/prefix_lm/seed1");
  EXPECT_EQ(job.spending.at("steps"), 60);
  EXPECT_EQ(job.spending.at("loss_tokens"), 6000);
  const BudgetSettings& budget = settings_of<PretrainJob>(job).pretrain.budget;
  EXPECT_EQ(budget.steps, 100);
  EXPECT_EQ(budget.sequence_length, 64);
}

TEST_F(Pretraining, AmountsNeedNoReference) {
  const Sweep sweep = parse(sweep_with("budget = { flops = 3e9 }", R"(["prefix_lm"])"));
  EXPECT_EQ(sweep.pretrain.budget.unit, "flops");
  EXPECT_EQ(sweep.pretrain.budget.amount, 3e9);
  EXPECT_EQ(sweep.pretrain.budget.steps, 0);
}

TEST_F(Pretraining, ObjectivesThatDegenerateAreNoted) {
  KnownSpending data;
  const Sweep sweep = parse(sweep_with("", R"(["span_corruption"])"));
  EXPECT_TRUE(make_plan(sweep, data).notes.empty());
  data.final_only = 9;
  const std::vector<std::string> notes = make_plan(sweep, data).notes;
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_THAT(notes[0], HasSubstr("objective span_corruption: in 90% of its rows"));
}

TEST_F(Pretraining, StagesAreJobsThatStartsShare) {
  const Plan plan = this->plan(sweep_with("", R"(["span_corruption",
              { stages = ["span_corruption", { name = "prefix_lm", steps = 19 }], label = "lm" },
              { stages = ["span_corruption", "suffix_denoising"] }])"));
  const auto jobs = pretrainings(plan);
  ASSERT_EQ(jobs.size(), 3u);
  const Job& first = jobs.at("pretrain/span_corruption/seed1");
  for (const char* name :
       {"pretrain/lm/seed1", "pretrain/span_corruption+suffix_denoising/seed1"}) {
    const Job& job = jobs.at(name);
    ASSERT_EQ(job.input_keys.size(), 2u);
    EXPECT_EQ(job.input_keys[1], first.key);
    EXPECT_EQ(settings_of<PretrainJob>(job).stage, 2);
  }
  EXPECT_EQ(settings_of<PretrainJob>(jobs.at("pretrain/lm/seed1")).pretrain.steps, 19);
  // cells of the staged start begin with its last stage
  for (const Cell& cell : plan.cells) {
    if (cell.coordinates[kObjective] != "lm" || !cell.baseline.empty()) continue;
    EXPECT_EQ(plan.jobs[cell.job].input_keys.at(1), jobs.at("pretrain/lm/seed1").key);
  }
}

TEST_F(Pretraining, PackingOfAnObjectiveWinsOverTheSweeps) {
  const Sweep sweep =
      parse(sweep_with("pack_pairs = true",
                       R"(["prefix_lm", { name = "span_corruption", pack_sequences = true }])"));
  const auto& axis = sweep.axes.at("objective");
  EXPECT_TRUE(axis[0].as<ObjectiveValue>().pretrain.pack_pairs);
  EXPECT_FALSE(axis[0].as<ObjectiveValue>().pretrain.pack_sequences);
  EXPECT_FALSE(axis[1].as<ObjectiveValue>().pretrain.pack_pairs);
  EXPECT_TRUE(axis[1].as<ObjectiveValue>().pretrain.pack_sequences);
}

TEST_F(Pretraining, WhatContradictsIsRefusedWithItsPlace) {
  EXPECT_THAT(
      message(sweep_with("budget = \"loss_tokens\"", R"([{ name = "prefix_lm", steps = 7 }])")),
      HasSubstr("leave steps out, or give budget_share"));
  EXPECT_THAT(message(sweep_with("", R"([{ name = "prefix_lm", budget_share = 0.5 }])")),
              HasSubstr("which is in steps here"));
  EXPECT_THAT(message(sweep_with("", R"([{ stages = ["prefix_lm"] }])")),
              HasSubstr("stages are two or more objectives"));
  EXPECT_THAT(message(sweep_with("", R"([{ stages = ["none", "prefix_lm"] }])")),
              HasSubstr("a stage is an objective of the catalogue, not \"none\""));
  EXPECT_THAT(message(sweep_with("budget = \"tokens\"", R"(["prefix_lm"])")),
              HasSubstr("q.toml:9:"));
}

}  // namespace
}  // namespace dovetail
