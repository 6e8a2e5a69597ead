// SPDX-License-Identifier: Apache-2.0
#include "store/results/merged_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "store/journal_frames.h"
#include "store/plan_file.h"
#include "store/results/hdf5.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TuneJob settings_of_cell(double learning_rate) {
  TuneJob tune;
  tune.start.objective.name = "prefix_lm";
  tune.task = {"task", "fingerprint", "lexical"};
  tune.tmpl.name = "mapping";
  tune.tuning.name = "full";
  tune.tune.optimizer.learning_rate = learning_rate;
  return tune;
}

// A sweep of one cell for each seed. The keys hash name and learning rate, as a real key does.
Plan plan_of_seeds(const std::vector<std::string>& seeds, double learning_rate = 0.01,
                   const std::string& name = "mine") {
  Plan plan{.sweep_name = name, .sweep_text = "name = \"" + name + "\"\n"};
  plan.sweep_hash = content_hash(fmt::format("{} {}", seeds.size(), seeds.front()));
  plan.metrics = {"rouge_l"};
  plan.axis_labels = {{"objective", {"prefix_lm"}}, {"task", {"task"}},
                      {"template", {"mapping"}},    {"tuning", {"full"}},
                      {"train_size", {"all"}},      {"seed", seeds}};
  for (const std::string& seed : seeds) {
    const std::string cell = name + "/prefix_lm/task/mapping/full/all/seed" + seed;
    Job job;
    job.key = content_hash(fmt::format("seed {} rate {}", seed, learning_rate));
    job.name = cell;
    job.settings = settings_of_cell(learning_rate);
    plan.cells.push_back({cell,
                          {"prefix_lm", "", "task", "mapping", "full", "all", seed},
                          "",
                          std::ssize(plan.jobs)});
    plan.jobs.push_back(job);
  }
  return plan;
}

Record scored(const Job& job, double score, const std::string& host) {
  Record record{.key = job.key, .name = job.name};
  record.metrics["rouge_l"] = score;
  record.per_example["rouge_l"] = {static_cast<float>(score)};
  record.provenance = {{"host", host}, {"rank", 0}};
  return record;
}

MergeSource source_of(const std::string& name, const Plan& plan,
                      const std::vector<Record>& records) {
  Replay replay;
  for (const Record& record : records) replay.add_record(record);
  return {name, plan, {replay.records(), replay.registrations()}};
}

std::vector<std::string> names_of_cells(const Plan& plan) {
  std::vector<std::string> names;
  for (const Cell& cell : plan.cells) names.push_back(cell.name);
  return names;
}

TEST(MergedResults, JoinTheSeedsOfTwoMachines) {
  const Plan a = plan_of_seeds({"1", "2"}), b = plan_of_seeds({"3"}, 0.01, "theirs");
  const MergedResults merged =
      merge_results({source_of("a", a, {scored(a.jobs[0], 0.5, "node1")}),
                     source_of("b", b, {scored(b.jobs[0], 0.25, "node2")})},
                    false);

  EXPECT_EQ(merged.conflicts.count(), 0) << merged.conflicts.text();
  EXPECT_THAT(names_of_cells(merged.plan),
              ElementsAre("mine/prefix_lm/task/mapping/full/all/seed1",
                          "mine/prefix_lm/task/mapping/full/all/seed2",
                          "mine/prefix_lm/task/mapping/full/all/seed3"));
  EXPECT_THAT(merged.plan.axis_labels.at("seed"), ElementsAre("1", "2", "3"));
  EXPECT_EQ(merged.plan.sweep_name, "mine");
  EXPECT_EQ(merged.plan.sweep_text,
            "name = \"mine\"\n\n# merged with the sweep of b:\n# name = \"theirs\"\n# \n");
  ASSERT_EQ(merged.records.size(), 2);
  EXPECT_EQ(merged.records.at(b.jobs[0].key).provenance["host"], "node2");
  EXPECT_EQ(merged.records.at(a.jobs[0].key).provenance["host"], "node1");
}

TEST(MergedResults, TheSameResultOfTwoMachinesIsTakenOnce) {
  const Plan plan = plan_of_seeds({"1", "2"});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const MergedResults merged = merge_results(
      {source_of("a", plan, {scored(plan.jobs[0], 0.5, "node1"), scored(plan.jobs[1], nan, "x")}),
       source_of("b", plan, {scored(plan.jobs[0], 0.5, "node2"), scored(plan.jobs[1], nan, "y")})},
      false);

  EXPECT_EQ(merged.conflicts.count(), 0) << merged.conflicts.text();
  EXPECT_EQ(merged.num_equal, 2);
  EXPECT_EQ(merged.records.at(plan.jobs[0].key).provenance["host"], "node1");
  EXPECT_EQ(merged.plan.sweep_hash, plan.sweep_hash);
}

TEST(MergedResults, TwoResultsOfOneJobAreAConflict) {
  const Plan plan = plan_of_seeds({"1"});
  const std::vector<MergeSource> sources = {
      source_of("a", plan, {scored(plan.jobs[0], 0.5, "node1")}),
      source_of("b", plan, {scored(plan.jobs[0], 0.25, "node2")})};

  const MergedResults refused = merge_results(sources, false);
  EXPECT_EQ(refused.conflicts.count(), 1);
  EXPECT_THAT(refused.conflicts.text(),
              AllOf(HasSubstr("mine/prefix_lm/task/mapping/full/all/seed1"),
                    HasSubstr(plan.jobs[0].key), HasSubstr("rouge_l is 0.5 in a and 0.25 in b")));

  const MergedResults taken = merge_results(sources, true);
  EXPECT_EQ(taken.conflicts.count(), 0);
  EXPECT_EQ(taken.records.at(plan.jobs[0].key).metrics.at("rouge_l"), 0.5);
}

// The conflict between b and c is not one that a settles.
TEST(MergedResults, TakingOneFolderSettlesItsOwnConflictsOnly) {
  const Plan plan = plan_of_seeds({"1"});
  const MergedResults merged = merge_results(
      {source_of("a", plan, {}), source_of("b", plan, {scored(plan.jobs[0], 0.5, "node1")}),
       source_of("c", plan, {scored(plan.jobs[0], 0.25, "node2")})},
      true);

  EXPECT_EQ(merged.conflicts.count(), 1);
}

TEST(MergedResults, AFinishedRecordWinsOverAFailure) {
  const Plan plan = plan_of_seeds({"1"});
  const Record failure = failed_record(plan.jobs[0], "out of memory");
  const Record success = scored(plan.jobs[0], 0.5, "node1");
  for (const auto& [first, second] : {std::pair(failure, success), std::pair(success, failure)}) {
    const MergedResults merged =
        merge_results({source_of("a", plan, {first}), source_of("b", plan, {second})}, false);
    EXPECT_EQ(merged.conflicts.count(), 0);
    EXPECT_EQ(merged.records.at(plan.jobs[0].key).status, RunStatus::finished);
    EXPECT_EQ(merged.order.size(), 1);
  }
}

// One cell, two learning rates: not to be settled, because the label would mean two things.
TEST(MergedResults, ALabelMeansOneThing) {
  const Plan a = plan_of_seeds({"1"}, 0.01), b = plan_of_seeds({"2", "3"}, 0.02);

  for (const bool first_wins : {false, true}) {
    const MergedResults merged =
        merge_results({source_of("a", a, {}), source_of("b", b, {})}, first_wins);
    EXPECT_EQ(merged.conflicts.count(), 1);
    EXPECT_THAT(merged.conflicts.text(),
                HasSubstr("tuning full is set in two ways: /tune/optimizer/learning_rate is 0.01 "
                          "in a and 0.02 in b"));
  }
}

TEST(MergedResults, AxesAreTheSame) {
  const Plan a = plan_of_seeds({"1"});
  Plan b = plan_of_seeds({"2", "3"});
  b.axis_labels["adaptation"] = {"none"};
  b.cells[0].coordinates[kAdaptation] = b.cells[1].coordinates[kAdaptation] = "none";

  const MergedResults merged = merge_results({source_of("a", a, {}), source_of("b", b, {})}, true);

  EXPECT_THAT(merged.conflicts.text(), HasSubstr("b has the axis adaptation and a has not"));
}

Registration claim_after(int64_t records, const std::string& time) {
  return {"claim", "hash", time, records};
}

std::string order_of(const MergedResults& merged) {
  std::string text;
  for (const auto& entry : merged.order) {
    const auto* key = std::get_if<std::string>(&entry);
    const auto& name = key ? merged.records.at(*key).name : std::string();
    text += key ? name.substr(name.rfind('/') + 1) + " "
                : fmt::format("claim:{} ", std::get<Registration>(entry).records_before);
  }
  return text;
}

// a registered the claim after one of its two results, b before any, c never.
TEST(MergedResults, AClaimIsNoEarlierThanItWas) {
  const Plan a = plan_of_seeds({"1", "2"}), b = plan_of_seeds({"3"}), c = plan_of_seeds({"4"});
  MergeSource first = source_of("a", a, {scored(a.jobs[0], 0.5, "x"), scored(a.jobs[1], 0.5, "x")});
  MergeSource second = source_of("b", b, {scored(b.jobs[0], 0.5, "x")});
  const MergeSource third = source_of("c", c, {scored(c.jobs[0], 0.5, "x")});
  first.journal.registrations.claims = {claim_after(1, "2026-11-29 03:10:25 UTC")};
  second.journal.registrations.claims = {claim_after(0, "2026-11-30 03:10:25 UTC")};

  const MergedResults two = merge_results({first, second}, false);
  const MergedResults three = merge_results({first, second, third}, false);

  EXPECT_EQ(order_of(two), "seed1 claim:1 seed2 seed3 ");
  EXPECT_EQ(std::get<Registration>(two.order[1]).registered_at, "2026-11-30 03:10:25 UTC");
  EXPECT_EQ(order_of(three), "seed1 seed4 claim:2 seed2 seed3 ");
}

TEST(MergedResults, AreAResultsFolder) {
  const TemporaryFolder folder;
  const Plan a = plan_of_seeds({"1", "2"}), b = plan_of_seeds({"3"});
  MergeSource first = source_of("a", a, {scored(a.jobs[0], 0.5, "node1")});
  first.journal.registrations.claims = {claim_after(0, "2026-11-29 03:10:25 UTC")};
  const Record failure = failed_record(a.jobs[1], "NaN");
  first.journal.records[failure.key] = failure;
  const MergedResults merged =
      merge_results({first, source_of("b", b, {scored(b.jobs[0], 0.25, "node2")})}, false);

  write_merged(folder.path(), merged);

  EXPECT_EQ(Json(read_plan(folder.path())), Json(merged.plan));
  const JournalContent journal = read_journal_content(folder.path());
  EXPECT_EQ(journal.records.size(), 3);
  EXPECT_EQ(journal.records.at(failure.key).reason, "NaN");
  ASSERT_EQ(journal.registrations.claims.size(), 1);
  EXPECT_EQ(journal.registrations.claims[0].registered_at, "2026-11-29 03:10:25 UTC");
  const hdf5::Handle file = hdf5::open_file(folder.path() / "results.h5");
  std::vector<double> scores(3);
  hdf5::read_dataset(hdf5::open_dataset(file, "/cube/rouge_l"), hdf5::type_of<double>(),
                     scores.data());
  EXPECT_EQ(scores[0], 0.5);
  EXPECT_TRUE(std::isnan(scores[1]));
  EXPECT_EQ(scores[2], 0.25);
}

}  // namespace
}  // namespace dovetail
