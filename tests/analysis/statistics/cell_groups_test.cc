// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cell_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "analysis/decisions/decisions.h"
#include "analysis/made_up.h"

namespace dovetail {
namespace {

using made_up::Results;
using testing::HasSubstr;

TEST(Groups, SeedsAreGatheredAndStatesCounted) {
  Results r;
  r.add({"none", "t", "mapping", "full", "all", "1"}, {1, 0});
  r.add({"none", "t", "mapping", "full", "all", "2"}, {1, 1}).status = RunStatus::failed;
  r.add_planned({"none", "t", "mapping", "full", "all", "3"});
  r.add({"", "t", "", "", "", ""}, {0, 0}, 0.1, "copy");

  const auto groups = group_cells(r.plan, r.records);

  ASSERT_EQ(groups.size(), 2);
  EXPECT_EQ(groups[0].count(CellState::finished), 1);
  EXPECT_EQ(groups[0].count(CellState::failed), 1);
  EXPECT_EQ(groups[0].count(CellState::missing), 1);
  EXPECT_FALSE(groups[0].complete());
  EXPECT_EQ(groups[0].choice(), "none · mapping · full");
  EXPECT_EQ(groups[1].choice(), "baseline: copy");
  EXPECT_EQ(scores_of(groups[0], "rouge_l").seeds, std::vector<std::string>{"1"});
}

TEST(Groups, ARecordOfAnotherLengthIsLeftOutWithItsReason) {
  Results r;
  for (const char* seed : {"1", "2"})
    r.add({"none", "t", "mapping", "full", "all", seed}, {1, 0, 1});
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, {1, 0});

  const auto groups = group_cells(r.plan, r.records);

  EXPECT_EQ(groups[1].cells[0].state, CellState::failed);
  EXPECT_THAT(groups[1].cells[0].reason,
              HasSubstr("holds 2 scores of rouge_l, but the other cells of task t hold 3"));
}

TEST(Groups, ScoresThatAreNoNumbersAreNotUsed) {
  Results r;
  r.add({"none", "t", "mapping", "full", "all", "1"}, {1, std::numeric_limits<float>::quiet_NaN()});
  r.add({"none", "t", "mapping", "full", "all", "2"}, {1, 0});

  EXPECT_EQ(scores_of(group_cells(r.plan, r.records)[0], "rouge_l").seeds,
            std::vector<std::string>{"2"});
}

// No cell has a score of the second example: the metric cannot read its reference.
TEST(Groups, ExamplesThatAMetricCannotReadAreInNoTable) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  Results r;
  r.add({"none", "t", "mapping", "full", "all", "1"}, {1, missing, 0, missing});
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, {0, missing, 0, 1});
  r.add({"none", "other", "mapping", "full", "all", "1"}, {1, 1, 0, 1});

  const auto groups = group_cells(r.plan, r.records);

  EXPECT_EQ(scores_of(groups[1], "rouge_l").rows, (std::vector<std::vector<float>>{{0, 0, 1}}));
  EXPECT_EQ(scores_of(groups[0], "rouge_l").num_items(), 0) << "a fault of the cell";
  EXPECT_EQ(scores_of(groups[2], "rouge_l").num_items(), 4) << "another task";
}

TEST(Groups, AMetricWithFewerExamplesStandsBesideThePrimaryOne) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  Results r;
  for (const char* objective : {"none", "prefix_lm"})
    r.add({objective, "t", "mapping", "full", "all", "1"}, {1, 0, 0, 1}).per_example["rouge_l"] = {
        1, missing, 0, 0};
  r.plan.primary_metrics["t"] = "exact_match";

  const Decision decision = decide(r.plan, group_cells(r.plan, r.records), r.records).at(0);

  EXPECT_EQ(decision.metric, "exact_match");
  EXPECT_NEAR(decision.other_metrics.at("rouge_l").mean, 1.0 / 3, 1e-6);
}

// The vocabulary is needed by both pre-trainings of `mixed`, and counted once.
// Four of five are of one class: accuracy is 0.8, and macro F1 (0.889 + 0) / 2.
TEST(Groups, AMetricOfTheWholeSetIsItsAggregateAndNoMeanOfItems) {
  Results r;
  r.plan.metrics = {"macro_f1", "rouge_l"};
  r.plan.metric_traits["macro_f1"].corpus_level = true;
  for (const char* seed : {"1", "2"})
    r.add({"none", "t", "mapping", "full", "all", seed}, {1, 1, 1, 1, 0}).metrics["macro_f1"] =
        0.4444;

  const auto groups = group_cells(r.plan, r.records);

  const Scores scores = scores_of(groups[0], "macro_f1");
  EXPECT_EQ(scores.num_items(), 1);
  EXPECT_NEAR(scores.mean(), 0.4444, 1e-6);
  EXPECT_NEAR(scores_of(groups[0], "rouge_l").mean(), 0.8, 1e-6);
  EXPECT_EQ(decide(r.plan, groups, r.records)[0].metric, "rouge_l");
  EXPECT_NEAR(decide(r.plan, groups, r.records)[0].other_metrics.at("macro_f1").mean, 0.4444, 1e-6);
}

TEST(Groups, CostIsUpstreamOnceAndTuningOnAverage) {
  Results r;
  const int64_t vocabulary = r.add_upstream(JobKind::tokenizer, "vocabulary", 7);
  const int64_t first = r.add_upstream(JobKind::pretrain, "first", 100, {vocabulary});
  const int64_t second = r.add_upstream(JobKind::pretrain, "second", 50, {vocabulary, first});
  r.add({"mixed", "t", "mapping", "full", "all", "1"}, {1}, 2, "", "lexical", {second});
  r.add({"mixed", "t", "mapping", "full", "all", "2"}, {1}, 4, "", "lexical", {second});

  const GroupCost cost = cost_of(group_cells(r.plan, r.records)[0], r.plan, r.records);

  EXPECT_DOUBLE_EQ(cost.upstream_seconds, 157);
  EXPECT_DOUBLE_EQ(cost.tune_seconds, 3);
  EXPECT_DOUBLE_EQ(cost.total(), 160);
}

}  // namespace
}  // namespace dovetail
