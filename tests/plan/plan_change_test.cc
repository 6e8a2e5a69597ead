// SPDX-License-Identifier: Apache-2.0
#include "plan/plan_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct MadeUpCell {
  std::string name, key;
  double learning_rate = 0.01;
};

// A plan of tune jobs without inputs, a cell for each.
Plan plan_of(const std::vector<MadeUpCell>& cells, std::vector<std::string> seeds) {
  Plan plan;
  plan.axis_labels["seed"] = std::move(seeds);
  for (const MadeUpCell& made_up : cells) {
    TuneJob tune;
    tune.tune.optimizer.learning_rate = made_up.learning_rate;
    Job job;
    job.key = made_up.key;
    job.settings = tune;
    plan.cells.push_back({.name = made_up.name, .job = std::ssize(plan.jobs)});
    plan.jobs.push_back(job);
  }
  return plan;
}

bool all_finished(const std::string&) { return true; }
bool none_finished(const std::string&) { return false; }

TEST(PlanChange, AnotherSeedOnlyAdds) {
  const Plan before = plan_of({{"s/seed1", "k1"}}, {"1"});
  const Plan after = plan_of({{"s/seed1", "k1"}, {"s/seed2", "k2"}}, {"1", "2"});

  const PlanChange change = change_between(before, after, all_finished);

  EXPECT_EQ(labels_text(change.added), "seed 2");
  EXPECT_EQ(change.num_new_cells, 1);
  EXPECT_THAT(change.removed_cells, IsEmpty());
  EXPECT_THAT(change.changed_cells, IsEmpty());
}

// A baseline without a seed of its own is screened on the validation examples of all seeds.
Plan plan_of_baseline(const std::string& key, std::vector<uint64_t> seeds, int64_t examples) {
  Job job;
  job.key = key;
  job.kind = JobKind::baseline;
  job.settings = BaselineJob{.baseline = BaselineKind::chance,
                             .validation = BaselineValidation{examples, std::move(seeds)}};
  Plan plan;
  plan.cells.push_back({.name = "s/chance", .job = 0});
  plan.jobs.push_back(job);
  return plan;
}

TEST(PlanChange, ABaselineOfAllSeedsIsScreenedOnMoreOfThem) {
  const auto changed = [](const Plan& after) {
    return change_between(plan_of_baseline("k1", {1, 2}, 32), after, all_finished).changed_cells;
  };
  EXPECT_THAT(changed(plan_of_baseline("k2", {1, 2, 3}, 32)), IsEmpty());
  EXPECT_THAT(changed(plan_of_baseline("k2", {1, 3}, 32)), ElementsAre("s/chance"));
  EXPECT_THAT(changed(plan_of_baseline("k2", {1, 2, 3}, 64)), ElementsAre("s/chance"));
}

TEST(PlanChange, ASettingIsNamedWithBothValues) {
  const Plan before = plan_of({{"s/seed1", "k1", 0.01}}, {"1"});
  const Plan after = plan_of({{"s/seed1", "k2", 0.02}}, {"1"});

  const PlanChange change = change_between(before, after, all_finished);

  EXPECT_THAT(change.changed_cells, ElementsAre("s/seed1"));
  EXPECT_THAT(change.changed_settings,
              ElementsAre("[tune] optimizer.learning_rate is 0.01 there and 0.02 here"));
}

TEST(PlanChange, ASettingOfAnInputIsNamedToo) {
  Plan before = plan_of({{"s/seed1", "k1"}}, {"1"}), after = plan_of({{"s/seed1", "k2"}}, {"1"});
  for (auto [plan, steps] : {std::pair{&before, 5}, {&after, 7}}) {
    PretrainJob pretrain;
    pretrain.pretrain.steps = steps;
    pretrain.corpus = {{"a.txt", std::to_string(steps)}};
    Job job;
    job.key = std::to_string(steps);
    job.settings = pretrain;
    plan->jobs[0].inputs = {1};
    plan->jobs.push_back(job);
  }

  EXPECT_THAT(
      change_between(before, after, all_finished).changed_settings,
      ElementsAre("the content of a.txt is another", "[pretrain] steps is 5 there and 7 here"));
}

TEST(PlanChange, AnotherVersionIsNamedWhereNoSettingDiffers) {
  const PlanChange change = change_between(plan_of({{"s/seed1", "k1"}}, {"1"}),
                                           plan_of({{"s/seed1", "k2"}}, {"1"}), all_finished);

  EXPECT_THAT(change.changed_settings,
              ElementsAre("this version of dovetail computes them otherwise"));
}

TEST(PlanChange, WhatIsNotFinishedMayChangeAndGo) {
  const Plan before = plan_of({{"s/seed1", "k1"}, {"s/seed2", "k2"}}, {"1", "2"});
  const Plan after = plan_of({{"s/seed1", "k3"}}, {"1"});

  const PlanChange change = change_between(before, after, none_finished);

  EXPECT_EQ(labels_text(change.removed), "seed 2");
  EXPECT_THAT(change.removed_cells, IsEmpty());
  EXPECT_THAT(change.changed_cells, IsEmpty());
}

TEST(PlanChange, AFinishedCellIsMissedButNotOneOfAnotherName) {
  const Plan before = plan_of({{"s/seed1", "k1"}, {"s/seed2", "k2"}}, {"1", "2"});
  const Plan after = plan_of({{"s/first", "k1"}}, {"first"});

  EXPECT_THAT(change_between(before, after, all_finished).removed_cells, ElementsAre("s/seed2"));
}

}  // namespace
}  // namespace dovetail
