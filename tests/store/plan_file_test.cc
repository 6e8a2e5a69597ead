// SPDX-License-Identifier: Apache-2.0
#include "store/plan_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "base/message_of.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Two cells that differ in their seed alone, and a baseline.
Plan plan_with_settings() {
  Plan plan =
      grid_plan({.objectives = 1, .tasks = 1, .templates = 1, .train_sizes = 1, .seeds = 2});
  for (Job& job : plan.jobs) {
    job.locations.task = "/data/card.toml";
    if (job.kind == JobKind::tokenizer) job.settings = TokenizerJob();
    if (job.kind == JobKind::pretrain) job.settings = PretrainJob();
    if (job.kind == JobKind::baseline) job.settings = BaselineJob();
    if (job.kind != JobKind::tune) continue;
    TuneJob tune;
    tune.start.objective = {"span_corruption", {{"noise_density", 0.15}}};
    tune.task = {"task0", "fingerprint", "lexical"};
    tune.seed = job.name.ends_with("seed0") ? 0 : 1;
    job.settings = tune;
  }
  plan.notes = {"a note, with a\nnewline"};
  return plan;
}

TEST(PlanFile, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const Plan plan = plan_with_settings();

  write_plan(folder.path(), plan);

  EXPECT_EQ(Json(read_plan(folder.path())), Json(plan));
}

TEST(PlanFile, LayoutOneIsReadToo) {
  const TemporaryFolder folder;
  const Plan plan = plan_with_settings();

  write_file_atomically(folder.path() / "plan.json", Json(plan).dump());

  EXPECT_EQ(Json(read_plan(folder.path())), Json(plan));
  EXPECT_EQ(read_plan_index(folder.path()).jobs.size(), plan.jobs.size());
}

// Each setting stands there once, however many jobs share it; `seed` is a part of its own.
TEST(PlanFile, SaysEachSettingOnce) {
  const std::string text = plan_text(plan_with_settings());
  const Json json = Json::parse(text);
  const auto count = [&](const std::string& wanted) {
    int64_t found = 0;
    for (size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1))
      ++found;
    return found;
  };

  EXPECT_EQ(count("noise_density"), 1);
  EXPECT_EQ(count("/data/card.toml"), 1);
  std::vector<Json> tunes;
  for (const Json& job : json["jobs"])
    if (job["kind"] == "tune") tunes.push_back(job["settings"]);
  ASSERT_EQ(tunes.size(), 2);
  EXPECT_EQ(tunes[0]["start"], tunes[1]["start"]);
  EXPECT_EQ(json["parts"][tunes[0]["seed"].get<size_t>()], 0);
  EXPECT_EQ(json["parts"][tunes[1]["seed"].get<size_t>()], 1);
}

TEST(PlanFile, AnOutlineHasAllButTheSettingsOfJobs) {
  const TemporaryFolder folder;
  const Plan plan = plan_with_settings();
  Plan without_jobs = plan;
  without_jobs.jobs.clear();

  for (const std::string& text : {plan_text(plan), Json(plan).dump()}) {
    write_file_atomically(folder.path() / "plan.json", text);
    const PlanOutline outline = read_plan_outline(folder.path());
    EXPECT_EQ(Json(outline.plan), Json(without_jobs));
    ASSERT_EQ(outline.jobs.size(), plan.jobs.size());
    for (size_t i = 0; i < plan.jobs.size(); ++i) {
      EXPECT_EQ(outline.jobs[i].key, plan.jobs[i].key);
      EXPECT_EQ(outline.jobs[i].name, plan.jobs[i].name);
      EXPECT_EQ(outline.jobs[i].kind, plan.jobs[i].kind);
      EXPECT_EQ(outline.jobs[i].cost_seconds, plan.jobs[i].cost_seconds);
    }
  }
}

// Two copies of one cell: a job that computes two cells counts two.
TEST(PlanFile, ItsFirstLineIsTheIndex) {
  const TemporaryFolder folder;
  Plan plan = plan_with_settings();
  plan.cells.push_back(plan.cells[0]);
  plan.jobs[1].cost_seconds = 0.125;
  write_plan(folder.path(), plan);
  const std::string text = read_file(folder.path() / "plan.json");
  // what follows is not read
  std::ofstream(folder.path() / "plan.json") << text.substr(0, text.find('\n') + 1) << "no JSON";

  const PlanIndex index = read_plan_index(folder.path());

  EXPECT_EQ(index.sweep_name, "grid");
  ASSERT_EQ(index.jobs.size(), plan.jobs.size());
  for (size_t i = 0; i < plan.jobs.size(); ++i) {
    EXPECT_EQ(index.jobs[i].key, plan.jobs[i].key);
    EXPECT_EQ(index.jobs[i].kind, plan.jobs[i].kind);
    EXPECT_EQ(index.jobs[i].cost_seconds, plan.jobs[i].cost_seconds);
  }
  EXPECT_EQ(index.jobs[0].num_cells, 0);  // the vocabulary
  EXPECT_EQ(index.jobs[2].num_cells, 2);
  EXPECT_EQ(index.jobs[3].num_cells, 1);
}

TEST(PlanFile, OfAnotherVersionIsRefused) {
  const TemporaryFolder folder;
  std::string text = plan_text(plan_with_settings());
  text.replace(text.find("plan 2"), 6, "plan 3");
  std::ofstream(folder.path() / "plan.json") << text;

  const auto said = [&](const auto& read) { return message_of<DataError>(read); };
  const auto refusal = AllOf(HasSubstr("expected the layout \"dovetail plan 2\""),
                             HasSubstr("found \"dovetail plan 3\""), HasSubstr("plan.json"));

  EXPECT_THAT(said([&] { read_plan(folder.path()); }), refusal);
  EXPECT_THAT(said([&] { read_plan_index(folder.path()); }), refusal);
}

}  // namespace
}  // namespace dovetail
