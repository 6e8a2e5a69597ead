// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/use.h"

#include <gtest/gtest.h>

#include "analysis/made_up_sweeps.h"

namespace dovetail {
namespace {

using made_up::Results;

Decision only_decision(const Results& r) {
  std::vector<Decision> decisions = decide(r.plan, group_cells(r.plan, r.records), r.records);
  EXPECT_EQ(decisions.size(), 1);
  return decisions.at(0);
}

std::string used(const Decision& decision) {
  return decision.use.choice ? decision.use.choice->text : "";
}

TEST(Use, TheBestCellsAreUsedAfterAGain) {
  const Decision d = only_decision(made_up::best_cells_win());

  EXPECT_EQ(used(d), "prefix_lm · mapping · full");
  EXPECT_EQ(d.use.reason, UseReason::measurable_gain);
  EXPECT_NEAR(d.use.score.mean, 0.8, 1e-6);
  EXPECT_NEAR(d.use.highest, 0.8, 1e-6);
}

// Copying took half the time, and would be the cheapest choice that is "not measurably worse" than
// cells that another baseline beats.
TEST(Use, OfBaselinesThatAreCheaperTheBestIsUsed) {
  const Decision d = only_decision(made_up::a_baseline_is_better());

  EXPECT_EQ(used(d), "baseline: most_frequent");
  EXPECT_EQ(d.use.reason, UseReason::baseline_is_better);
  EXPECT_NEAR(d.use.score.mean, 0.5, 1e-6);
  EXPECT_FALSE(d.cheaper);
}

TEST(Use, OfEquivalentChoicesTheCheaperIsUsed) {
  const Decision d = only_decision(made_up::no_difference());

  EXPECT_EQ(used(d), "baseline: copy");
  EXPECT_EQ(d.use.reason, UseReason::as_good_and_cheaper);
  EXPECT_NEAR(d.use.lead.mean, 0.0025, 1e-6);
  EXPECT_NEAR(d.use.lead.high, 0.0025 + 1.966 * 0.0025, 1e-4);
  EXPECT_EQ(d.use.margin, 0.02);
  ASSERT_TRUE(d.cheaper);
  EXPECT_EQ(d.cheaper->text, used(d));
}

TEST(Use, WhereAllIsNearZeroNothingIsUsed) {
  const Decision d = only_decision(made_up::nothing_works());

  EXPECT_EQ(used(d), "");
  EXPECT_EQ(d.use.reason, UseReason::near_zero);
  EXPECT_NEAR(d.use.highest, 0.01, 1e-6);
  EXPECT_FALSE(d.cheaper);
}

TEST(Use, NearZeroIsSaidOfScoresWhereMoreIsBetter) {
  Results r = made_up::nothing_works();
  for (const char* metric : {"rouge_l", "exact_match"})
    r.plan.metric_traits[metric].higher_is_better = false;

  EXPECT_NE(only_decision(r).use.reason, UseReason::near_zero);
}

TEST(Use, TooFewExamplesAreSaidWithTheNumberThatTheLeadWouldTake) {
  const Decision d = only_decision(made_up::too_few_examples());

  EXPECT_EQ(used(d), "");
  EXPECT_EQ(d.use.reason, UseReason::too_few_examples);
  EXPECT_EQ(d.use.needed_against, "copy the input");
  ASSERT_TRUE(d.use.examples_needed);
  // (1.96 x 0.7 / 0.1)^2 = 188
  EXPECT_NEAR(static_cast<double>(*d.use.examples_needed), 188, 40);
  EXPECT_EQ(*d.use.examples_needed % 10, 0);
}

// 205 and 195 of 400 right, on different examples: not measurably apart, and neither as good.
TEST(Use, NotMeasurablyWorseIsNotAsGood) {
  Results r;
  made_up::add_cells(r, "prefix_lm", made_up::right_from(0, 205, 400), 100);
  made_up::add_baseline(r, "copy", made_up::right_from(205, 400, 400));

  const Decision d = only_decision(r);

  EXPECT_EQ(used(d), "");
  EXPECT_EQ(d.use.reason, UseReason::too_few_examples);
  EXPECT_FALSE(d.cheaper);
  ASSERT_TRUE(d.use.detectable);
  EXPECT_NEAR(*d.use.detectable, (1.966 + 0.842) / 20, 1e-3);  // the differences are +1 and -1
}

TEST(Use, TheMarginIsDeclared) {
  Results r;
  made_up::add_cells(r, "prefix_lm", made_up::right_from(0, 205, 400), 100);
  made_up::add_baseline(r, "copy", made_up::right_from(205, 400, 400));
  DecisionOptions options;
  options.equivalence_margin = 0.15;

  const Decision d = decide(r.plan, group_cells(r.plan, r.records), r.records, options).at(0);

  EXPECT_EQ(d.use.reason, UseReason::as_good_and_cheaper);
}

// One run of each cell says nothing of luck, whatever the scores.
TEST(Use, OneRunMeasuresNothing) {
  Results r;
  r.add({"none", "t", "mapping", "full", "all", "1"}, made_up::flat_scores(0.3F, 200), 10);
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, made_up::flat_scores(0.8F, 200), 100);

  const Decision d = only_decision(r);

  EXPECT_EQ(d.verdict, Verdict::no_measurable_difference);
  EXPECT_EQ(d.use.reason, UseReason::one_run);
  EXPECT_EQ(used(d), "prefix_lm · mapping · full");
  EXPECT_FALSE(d.use.score.runs_known);
}

// Losses of 2 and 3: the lower is used, its numbers stand as measured, and its gain is above 0.
TEST(Use, OfALossTheLowestIsUsed) {
  Results r;
  r.plan.metrics = {"loss"};
  r.plan.metric_traits["loss"].higher_is_better = false;
  made_up::add_cells(r, "none", made_up::flat_scores(3.0F, 200), 10);
  made_up::add_cells(r, "prefix_lm", made_up::flat_scores(2.0F, 200), 100);

  const Decision d = only_decision(r);

  EXPECT_EQ(d.verdict, Verdict::gain);
  EXPECT_EQ(used(d), "prefix_lm · mapping · full");
  EXPECT_NEAR(d.use.score.mean, 2, 1e-6);
  EXPECT_NEAR(d.recommended.score.mean, 2, 1e-6);
  EXPECT_NEAR(d.use.highest, 2, 1e-6);
  const Comparison& start = *find_comparison(d, "random_start");
  EXPECT_NEAR(start.gain.mean, 1, 1e-6);
  EXPECT_NEAR(start.score.mean, 3, 1e-6);
  EXPECT_NEAR(*start.relative_gain, 1.0 / 3, 1e-6);
}

TEST(Use, TheSameScoresOnFewExamplesAreAsGoodForCertain) {
  Results r;
  made_up::add_cells(r, "prefix_lm", made_up::right_from(0, 6, 10), 100);
  made_up::add_baseline(r, "most_frequent", made_up::right_from(0, 6, 10));

  EXPECT_EQ(used(only_decision(r)), "baseline: most_frequent");
}

// Random start costs least, and is as good as the highest mean (0.503 +- 0.015), but the untuned
// model scores 0.002 more on every example.
TEST(Use, AChoiceThatABaselineBeatsIsNotUsed) {
  Results r;
  std::vector<float> best;
  for (int i = 0; i < 400; ++i) best.push_back(i % 2 == 0 ? 0.653F : 0.353F);
  made_up::add_cells(r, "none", made_up::flat_scores(0.5F, 400), 1);
  made_up::add_cells(r, "prefix_lm", best, 100);
  r.add({"prefix_lm", "t", "mapping", "", "", ""}, made_up::flat_scores(0.502F, 400), 50,
        "untuned");

  const Decision d = only_decision(r);

  ASSERT_EQ(d.verdict, Verdict::no_measurable_difference);
  EXPECT_EQ(used(d), "baseline: untuned (prefix_lm · mapping)");
}

TEST(Use, EquallyCheapChoicesAreOrderedByScoreAndNeverByWallTime) {
  for (const double copy_seconds : {0.001, 5.0}) {
    Results r;
    made_up::add_cells(r, "prefix_lm", made_up::right_from(0, 201, 400), 100);
    made_up::add_baseline(r, "copy", made_up::right_from(1, 200, 400), copy_seconds);
    made_up::add_baseline(r, "most_frequent", made_up::right_from(0, 200, 400), 0.1);

    EXPECT_EQ(used(only_decision(r)), "baseline: most_frequent") << copy_seconds;
  }
}

TEST(Use, WhatCostsTheSameIsNotCheaper) {
  Results r;
  made_up::add_cells(r, "span_corruption", made_up::right_from(0, 205, 400), 100);
  made_up::add_cells(r, "none", made_up::right_from(205, 400, 400), 90);

  const Decision d = only_decision(r);

  EXPECT_EQ(used(d), "span_corruption · mapping · full");
  EXPECT_EQ(d.use.reason, UseReason::highest_mean);
}

TEST(Use, DeclaredCostCountsUpstreamJobsAndNoModelForTwoBaselines) {
  Results r;
  const int64_t pretrain = r.add_upstream(JobKind::pretrain, "pretrain", 60);
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, {1, 0}, 10, "", "lexical", {pretrain});
  r.add({"prefix_lm", "t", "mapping", "full", "all", "2"}, {1, 0}, 20, "", "lexical", {pretrain});
  r.add({"", "t", "", "", "", ""}, {0, 0}, 3, "copy");
  for (auto& [key, record] : r.records) record.cost.wall_seconds = 1000;  // decides nothing

  const auto groups = group_cells(r.plan, r.records);

  EXPECT_DOUBLE_EQ(declared_cost(groups.at(0), r.plan), 60 + (10 + 20) / 2.0);
  EXPECT_DOUBLE_EQ(declared_cost(groups.at(1), r.plan), 0);
}

}  // namespace
}  // namespace dovetail
