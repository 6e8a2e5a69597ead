// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/decisions.h"

#include <gtest/gtest.h>

#include "analysis/made_up.h"

namespace dovetail {
namespace {

using made_up::Results;

std::vector<float> flat(float score, size_t count = 20) { return std::vector<float>(count, score); }

// 1 on every other example, from `first` on.
std::vector<float> alternating(size_t first, size_t count = 20) {
  std::vector<float> scores(count, 0.0F);
  for (size_t i = first; i < count; i += 2) scores[i] = 1.0F;
  return scores;
}

std::vector<Decision> decisions_of(const Results& r, const DecisionOptions& options = {}) {
  return decide(r.plan, group_cells(r.plan, r.records), r.records, options);
}

// prefix_lm 0.8 after 60 s of pre-training, random start 0.4, baselines 0.1, 0 and 0.2.
Results clear_case() {
  Results r;
  const int64_t pretrain = r.add_upstream(JobKind::pretrain, "pretrain", 60);
  for (const char* seed : {"1", "2"}) {
    r.add({"none", "t", "mapping", "full", "all", seed}, flat(0.4F), 10);
    r.add({"prefix_lm", "t", "mapping", "full", "all", seed}, flat(0.7F), 10, "", "lexical",
          {pretrain});
    r.add({"prefix_lm", "t", "prompting", "full", "all", seed}, flat(0.8F), 10, "", "lexical",
          {pretrain});
  }
  r.add({"", "t", "", "", "all", "1"}, flat(0.1F), 0.1, "most_frequent");
  r.add({"", "t", "", "", "", ""}, flat(0.0F), 0.1, "copy");
  r.add({"prefix_lm", "t", "mapping", "", "", ""}, flat(0.2F), 1, "untuned", "lexical", {pretrain});
  return r;
}

TEST(Decisions, AClearGainIsFoundWithItsNumbers) {
  const auto decisions = decisions_of(clear_case());

  ASSERT_EQ(decisions.size(), 1);
  const Decision& d = decisions[0];
  EXPECT_EQ(d.verdict, Verdict::gain);
  EXPECT_EQ(d.recommended.text, "prefix_lm · prompting · full");
  EXPECT_EQ(d.recommended.cells.size(), 2);
  EXPECT_EQ(d.candidates, 3);
  EXPECT_EQ(d.times_chosen, d.halves);
  EXPECT_NEAR(d.honest_score.mean, 0.8, 1e-6);
  EXPECT_EQ(d.honest_score.items, 20);
  EXPECT_EQ(d.honest_score.seeds, 2);
  const Comparison& start = *find_comparison(d, "random_start");
  EXPECT_NEAR(start.gain.mean, 0.4, 1e-6);
  EXPECT_NEAR(start.gain.low, 0.4, 1e-6);
  EXPECT_NEAR(*start.relative_gain, 1.0, 1e-6);  // 0.4 on top of 0.4
  EXPECT_NEAR(*find_comparison(d, "most_frequent")->relative_gain, 7.0, 1e-5);
  EXPECT_FALSE(find_comparison(d, "copy")->relative_gain);  // nothing relative to zero
  EXPECT_NEAR(find_comparison(d, "untuned")->gain.mean, 0.6, 1e-6);
  EXPECT_NEAR(find_comparison(d, "conventional_tuning")->gain.mean, 0.1, 1e-6);
  EXPECT_FALSE(d.cheaper);  // random start costs less, and is measurably worse
}

void give_validation(Results& r, const std::string& part_of_name, float score) {
  for (auto& [key, record] : r.records) {
    if (record.name.find(part_of_name) != std::string::npos)
      record.validation_scores["rouge_l"] = flat(score, 8);
  }
}

// prompting has 0.8 on the test examples and mapping 0.7, but validation prefers mapping.
TEST(Decisions, ValidationChoosesWhereEveryCellHasIt) {
  Results r = clear_case();
  give_validation(r, "/none/", 0.1F);
  give_validation(r, "/prefix_lm/t/mapping/full", 0.6F);
  EXPECT_EQ(decisions_of(r)[0].recommended.text, "prefix_lm · prompting · full");
  give_validation(r, "/prefix_lm/t/prompting/full", 0.5F);

  const Decision d = decisions_of(r).at(0);

  EXPECT_TRUE(d.by_validation);
  EXPECT_EQ(d.recommended.text, "prefix_lm · mapping · full");
  EXPECT_NEAR(d.honest_score.mean, 0.7, 1e-6);
  EXPECT_EQ(d.optimism, 0);
  EXPECT_EQ(d.halves, 0);
  EXPECT_EQ(d.verdict, Verdict::gain);
}

TEST(Decisions, WhatTheSweepLacksIsSaidToBeAbsent) {
  const Decision d = decisions_of(clear_case())[0];

  EXPECT_NE(find_comparison(d, "conventional_all")->absent, "");  // no span_corruption
  EXPECT_NE(find_comparison(d, "random_start_same")->absent,
            "");  // none was not run with prompting
}

// The lead comes from ten examples in four hundred; the others disagree both ways.
TEST(Decisions, ALeadByLuckIsNoMeasurableDifference) {
  Results r;
  const int64_t pretrain = r.add_upstream(JobKind::pretrain, "pretrain", 60);
  auto lucky = alternating(0, 400);
  for (size_t i = 1; i < 20; i += 2) lucky[i] = 1.0F;
  for (const char* seed : {"1", "2"}) {
    r.add({"none", "t", "mapping", "full", "all", seed}, alternating(1, 400), 10);
    r.add({"prefix_lm", "t", "mapping", "full", "all", seed}, lucky, 10, "", "lexical", {pretrain});
  }
  r.add({"", "t", "", "", "", ""}, flat(0.0F, 400), 0.1, "copy");

  const Decision d = decisions_of(r)[0];

  EXPECT_EQ(d.verdict, Verdict::no_measurable_difference);
  EXPECT_EQ(d.recommended.objective, "prefix_lm");
  EXPECT_NEAR(d.recommended.score.mean, 0.525, 1e-6);
  EXPECT_LE(find_comparison(d, "random_start")->gain.low, 0);
  EXPECT_FALSE(d.differ.differ());
}

// Which of equal cells is named is the luck of its runs, and its score to expect is its own without
// that luck: 0.8 and 0.4, or 0.4 and 0.6, as in the test of cross_fit.
TEST(Decisions, TheScoreToExpectIsTheNamedCellsOwnWithoutItsLuck) {
  Results r;
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, flat(0.8F));
  r.add({"prefix_lm", "t", "mapping", "full", "all", "2"}, flat(0.4F));
  r.add({"mixed", "t", "mapping", "full", "all", "1"}, flat(0.4F));
  r.add({"mixed", "t", "mapping", "full", "all", "2"}, flat(0.6F));

  const Decision d = decisions_of(r)[0];

  EXPECT_EQ(d.recommended.objective, "prefix_lm");
  EXPECT_NEAR(d.recommended.score.mean, 0.6, 1e-6);
  EXPECT_NEAR(d.honest_score.mean, 0.6 - 0.2121, 1e-4);
  EXPECT_NEAR(d.optimism, 0.2121, 1e-4);
  EXPECT_FALSE(d.differ.differ());
}

TEST(Decisions, AfterAGainTheCheaperOfTwoEqualsIsNamed) {
  Results r;
  for (const char* seed : {"1", "2"}) {
    r.add({"none", "t", "mapping", "full", "all", seed}, flat(0.1F, 400), 1);
    r.add({"prefix_lm", "t", "mapping", "full", "all", seed}, alternating(0, 400), 100);
    r.add({"prefix_lm", "t", "mapping", "soft_prompt", "all", seed}, alternating(0, 400), 5);
  }

  const Decision d = decisions_of(r)[0];

  EXPECT_EQ(d.recommended.tuning, "full");  // a tie, which falls to the first
  ASSERT_TRUE(d.cheaper);
  EXPECT_EQ(d.cheaper->tuning, "soft_prompt");
}

TEST(Decisions, ABaselineThatIsBetterIsSaid) {
  Results r = clear_case();
  r.add({"", "u", "", "", "", ""}, flat(0.9F), 0.1, "most_frequent");
  for (const char* seed : {"1", "2"}) {
    r.add({"none", "u", "mapping", "full", "all", seed}, flat(0.2F));
    r.add({"prefix_lm", "u", "mapping", "full", "all", seed}, flat(0.6F));
  }

  const auto decisions = decisions_of(r);

  ASSERT_EQ(decisions.size(), 2);
  EXPECT_EQ(decisions[1].verdict, Verdict::baseline_better);
  EXPECT_NEAR(find_comparison(decisions[1], "most_frequent")->gain.mean, -0.3, 1e-6);
  EXPECT_EQ(decisions[1].use.choice->baseline, "most_frequent");
}

TEST(Decisions, RandomStartAsTheBestIsNoGain) {
  Results r;
  r.add({"none", "t", "mapping", "full", "all", "1"}, flat(0.6F));
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, flat(0.5F));
  r.add({"", "t", "", "", "", ""}, flat(0.0F), 0.1, "copy");

  const Decision d = decisions_of(r)[0];

  EXPECT_EQ(d.verdict, Verdict::no_measurable_difference);
  EXPECT_TRUE(find_comparison(d, "random_start")->same);
  EXPECT_EQ(find_comparison(d, "random_start")->gain.mean, 0);
}

TEST(Decisions, AGroupThatLacksASeedIsNotComparedWhileOthersAreComplete) {
  Results r = clear_case();
  r.add({"span_corruption", "t", "mapping", "full", "all", "1"}, flat(0.99F));
  Record& failed = r.add({"span_corruption", "t", "mapping", "full", "all", "2"}, flat(0.99F));
  failed.status = RunStatus::failed;
  failed.reason = "NaN";

  const Decision d = decisions_of(r)[0];

  EXPECT_EQ(d.recommended.objective, "prefix_lm");
  EXPECT_EQ(d.candidates, 3);
  EXPECT_EQ(d.candidates_planned, 4);
}

TEST(Decisions, AnUnfinishedRunComparesWhatThereIs) {
  Results r;
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, flat(0.5F));
  r.add_planned({"prefix_lm", "t", "mapping", "full", "all", "2"});
  r.add_planned({"none", "t", "mapping", "full", "all", "1"});
  r.add_planned({"none", "u", "mapping", "full", "all", "1"});

  const auto decisions = decisions_of(r);

  ASSERT_EQ(decisions.size(), 1);  // nothing of task u
  EXPECT_EQ(decisions[0].verdict, Verdict::nothing_to_compare);
  EXPECT_EQ(decisions[0].candidates, 1);
  EXPECT_EQ(decisions[0].candidates_planned, 2);
}

TEST(Decisions, OneSeedIsSaidToBeOneAndMeasuresNoGain) {
  Results r;
  r.add({"none", "t", "mapping", "full", "all", "1"}, flat(0.1F));
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, alternating(0));

  const Decision d = decisions_of(r)[0];

  EXPECT_EQ(d.verdict, Verdict::no_measurable_difference);
  EXPECT_EQ(d.honest_score.seeds, 1);
}

TEST(Decisions, EachTrainSizeIsDecidedOnItsOwn) {
  Results r = clear_case();
  r.add({"none", "t", "mapping", "full", "examples16", "1"}, flat(0.6F));
  r.add({"prefix_lm", "t", "mapping", "full", "examples16", "1"}, flat(0.2F));

  const auto decisions = decisions_of(r);

  ASSERT_EQ(decisions.size(), 2);
  EXPECT_EQ(decisions[0].train_size, "all");
  EXPECT_EQ(decisions[1].recommended.objective, "none");
  EXPECT_EQ(find_comparison(decisions[1], "most_frequent")->absent.empty(),
            false);  // it was run for "all" only
}

TEST(Decisions, ReadingTasksAreDecidedByExactMatchAndTheChoiceCanBeMade) {
  Results r;
  r.add({"none", "read", "mapping", "full", "all", "1"}, flat(0.5F), 1, "", "reading");
  r.add({"none", "say", "mapping", "full", "all", "1"}, flat(0.5F), 1, "", "lexical");
  DecisionOptions options;

  EXPECT_EQ(main_metric_of("read", r.plan, options), "exact_match");
  EXPECT_EQ(main_metric_of("say", r.plan, options), "rouge_l");
  options.main_metric["say"] = "exact_match";
  EXPECT_EQ(main_metric_of("say", r.plan, options), "exact_match");
  r.plan.primary_metrics.clear();
  r.plan.metrics = {"macro_f1", "bleu_4"};
  r.plan.metric_traits["macro_f1"].corpus_level = true;
  EXPECT_EQ(main_metric_of("read", r.plan, options), "bleu_4");
  r.plan.metrics = {"macro_f1"};
  EXPECT_EQ(main_metric_of("read", r.plan, options), "loss");
}

}  // namespace
}  // namespace dovetail
