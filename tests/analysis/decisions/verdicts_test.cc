// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/verdicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/decisions/claim_fixture.h"

namespace dovetail {
namespace {

using namespace claim_fixture;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void add_both(Results& r, const std::string& task, const std::string& size, float masked,
              float prompting) {
  for (const char* seed : {"1", "2"}) {
    r.add({"none", task, "masked_prompting", "full", size, seed}, flat(masked));
    r.add({"none", task, "prompting", "full", size, seed}, flat(prompting));
  }
}

Results two_tasks() {
  Results r;
  add_both(r, "a", "few", 0.6F, 0.4F);
  add_both(r, "b", "few", 0.5F, 0.4F);
  return r;
}

TEST(Claims, AnEffectIsTheMeanOverTasksOfPairedDifferences) {
  const ClaimResult found = judge(two_tasks(), masked_wins());

  EXPECT_EQ(found.verdict, ClaimVerdict::holds);
  EXPECT_NEAR(found.effect.estimate.mean, 0.15, 1e-6);
  EXPECT_NEAR(found.effect.estimate.low, 0.15, 1e-6);
  EXPECT_NEAR(found.scores.better, 0.55, 1e-6);
  EXPECT_NEAR(found.scores.worse, 0.4, 1e-6);
  EXPECT_NEAR(*found.scores.relative(true), 0.375, 1e-5);
  ASSERT_EQ(found.tasks.size(), 2);
  EXPECT_NEAR(found.tasks[0].effect.mean, 0.2, 1e-6);
  EXPECT_NEAR(found.tasks[1].effect.mean, 0.1, 1e-6);
  EXPECT_EQ(found.cells, 8);
  EXPECT_EQ(found.pairs, 2);
  EXPECT_EQ(found.seeds, 2);
  EXPECT_EQ(found.examples, 40);
}

TEST(Claims, AtLeastMovesTheVerdict) {
  Claim claim = masked_wins();
  claim.at_least = 0.2;
  EXPECT_EQ(judge(two_tasks(), claim).verdict, ClaimVerdict::does_not_hold);
  claim.at_least = 0.1;
  EXPECT_EQ(judge(two_tasks(), claim).verdict, ClaimVerdict::holds);
}

TEST(Claims, ARelativeGainIsOfTheMeanScores) {
  Claim claim = masked_wins();
  claim.reduce = "relative";

  EXPECT_NEAR(judge(two_tasks(), claim).effect.estimate.mean, 0.15 / 0.4, 1e-5);
}

TEST(Claims, ADifferenceOfDifferences) {
  Results r = two_tasks();
  add_both(r, "a", "all", 0.7F, 0.6F);  // 0.2 shrinks to 0.1
  add_both(r, "b", "all", 0.7F, 0.8F);  // 0.1 to -0.1
  Claim claim = masked_wins({{"train_size", {"few"}}});
  claim.pairs[0].more_than = {{"train_size", {"all"}}};

  const ClaimResult found = judge(r, claim);

  EXPECT_NEAR(found.effect.estimate.mean, 0.15, 1e-6);  // (0.1 + 0.2) / 2
  EXPECT_NEAR(*found.scores.reference_better, 0.7, 1e-6);
  EXPECT_NEAR(*found.scores.reference_worse, 0.7, 1e-6);
  EXPECT_EQ(found.cells, 16);
}

TEST(Claims, OfALossLessIsBetter) {
  Results r;
  r.plan.metrics = {"depth_rank"};
  r.plan.metric_traits["depth_rank"].higher_is_better = false;
  add_both(r, "a", "few", 20, 30);
  Claim claim = masked_wins();
  claim.metrics = {"depth_rank"};

  const ClaimResult found = judge(r, claim);

  EXPECT_EQ(found.verdict, ClaimVerdict::holds);
  EXPECT_NEAR(found.effect.estimate.mean, 10, 1e-5);
  EXPECT_NEAR(found.scores.better, 20, 1e-5);
  EXPECT_NEAR(*found.scores.relative(false), 1.0 / 3, 1e-5);
}

TEST(Claims, TheBestOfTheOthersIsOneOfThem) {
  Results r = two_tasks();
  for (const char* task : {"a", "b"}) {
    for (const char* seed : {"1", "2"})
      r.add({"none", task, "mapping", "full", "few", seed}, flat(0.55F));
  }
  Claim claim = masked_wins();
  claim.pairs[0].worse = {{}, "", true};

  const ClaimResult found = judge(r, claim);

  EXPECT_NEAR(found.scores.worse, 0.55, 1e-6);
  EXPECT_NEAR(found.effect.estimate.mean, 0, 1e-6);
  EXPECT_EQ(found.verdict, ClaimVerdict::undecided);
}

TEST(Claims, SeveralLabelsAreMeantTogether) {
  Results r = two_tasks();
  for (const char* task : {"a", "b"}) {
    for (const char* seed : {"1", "2"})
      r.add({"none", task, "mapping", "full", "few", seed}, flat(0.2F));
  }
  Claim claim = masked_wins();
  claim.pairs[0].worse = {{{{"template", {"mapping"}}}, {{"template", {"prompting"}}}}, "", false};

  EXPECT_NEAR(judge(r, claim).scores.worse, 0.3, 1e-6);
}

TEST(Claims, OneMetricAgainstAnotherOfTheSameCells) {
  Results r = two_tasks();
  for (auto& [key, record] : r.records) record.per_example["best_of_k"] = flat(0.9F);
  const Claim claim{"best of three", "s", {"best_of_k"},
                    "gain",          0,   {{side({}, "best_of_k"), side({}, "rouge_l"), {}, {}}}};

  const ClaimResult found = judge(r, claim);

  EXPECT_NEAR(found.scores.worse, (0.6 + 0.4 + 0.5 + 0.4) / 4, 1e-6);
  EXPECT_NEAR(found.effect.estimate.mean, 0.9 - 0.475, 1e-6);
  EXPECT_EQ(found.pairs, 4);
}

TEST(Claims, PairsArePooled) {
  Claim claim = masked_wins({{"task", {"a"}}});
  claim.pairs.push_back({claim.pairs[0].worse, claim.pairs[0].better, {{"task", {"b"}}}, {}});

  const ClaimResult found = judge(two_tasks(), claim);

  EXPECT_NEAR(found.effect.estimate.mean, (0.2 - 0.1) / 2, 1e-6);
}

TEST(Claims, SeedsAreTakenInPairs) {
  Results r;
  for (const auto& [seed, level] : {std::pair("1", 0.1F), std::pair("2", 0.7F)}) {
    r.add({"none", "a", "masked_prompting", "full", "few", seed}, flat(level + 0.1F));
    r.add({"none", "a", "prompting", "full", "few", seed}, flat(level));
  }

  const ClaimResult found = judge(r, masked_wins());

  EXPECT_NEAR(found.effect.estimate.low, 0.1, 1e-6);
  EXPECT_NEAR(found.effect.estimate.high, 0.1, 1e-6);
}

// Their harness turned a failed metric into 0. Here the mean is over what was measured: 0.6, not
// 0.3.
TEST(Claims, Trap10AFailedCellIsNeverAZeroInAMean) {
  Results r = two_tasks();
  Record& failed = r.records.at("job2");  // a, masked_prompting, seed 2
  ASSERT_EQ(failed.name, "made-up/none/a/masked_prompting/full/few/2");
  failed.status = RunStatus::failed;
  failed.reason = "NaN";
  failed.per_example["rouge_l"] = flat(0);
  failed.metrics["rouge_l"] = 0;

  const ClaimResult found = judge(r, masked_wins());

  EXPECT_NEAR(found.tasks[0].scores.better, 0.6, 1e-6);
  EXPECT_NEAR(found.effect.estimate.mean, 0.15, 1e-6);
  EXPECT_EQ(found.verdict, ClaimVerdict::holds);
  EXPECT_EQ(found.cells_failed, 1);
  EXPECT_EQ(found.tasks[0].effect.seeds, 1);
  EXPECT_THAT(found.unusable,
              ElementsAre("made-up/none/a/masked_prompting/full/few/2: failed, NaN"));
}

TEST(Claims, Trap10ATaskWhoseCellsAllFailedIsNotJudged) {
  Results r = two_tasks();
  for (auto& [key, record] : r.records) {
    if (record.name.find("/b/prompting") != std::string::npos) record.status = RunStatus::crashed;
  }

  const ClaimResult found = judge(r, masked_wins());

  EXPECT_EQ(found.verdict, ClaimVerdict::not_run);
  EXPECT_THAT(found.reason, HasSubstr("no pair of cells of b"));
  EXPECT_EQ(found.tasks.size(), 1);
}

TEST(Claims, CellsThatHaveNotRunAreNamed) {
  Results r = two_tasks();
  r.add_planned({"none", "c", "masked_prompting", "full", "few", "1"});
  r.add({"none", "c", "prompting", "full", "few", "1"}, flat(0.5F));

  const ClaimResult found = judge(r, masked_wins());

  EXPECT_EQ(found.verdict, ClaimVerdict::not_run);
  EXPECT_EQ(found.reason, "1 of 10 cells have not run yet");
  EXPECT_THAT(found.unusable, Contains("made-up/none/c/masked_prompting/full/few/1: not run"));
}

TEST(Claims, ASweepWithoutBothSidesSaysSo) {
  Results r;
  r.add({"none", "a", "prompting", "full", "few", "1"}, flat(0.5F));

  const ClaimResult found = judge(r, masked_wins());

  EXPECT_EQ(found.verdict, ClaimVerdict::not_run);
  EXPECT_EQ(found.reason, "the sweep has no cells of both sides to compare");
  EXPECT_THAT(found.tasks, IsEmpty());
}

TEST(Claims, PValuesAreHolmsOverAllThatWereJudged) {
  Results r = two_tasks();
  r.plan.claims = {masked_wins(), masked_wins(), masked_wins({{"task", {"none"}}})};
  r.plan.claims[1].metrics = {"rouge_l", "exact_match"};

  const auto groups = group_cells(r.plan, r.records);
  const auto found = judge_claims(r.plan, groups);

  ASSERT_EQ(found.size(), 4);
  EXPECT_NEAR(found[0].p_holm, 3 * found[0].effect.p_value, 1e-12);
  EXPECT_EQ(found[3].p_holm, 1);
}

}  // namespace
}  // namespace dovetail
