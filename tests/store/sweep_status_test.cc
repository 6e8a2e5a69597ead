// SPDX-License-Identifier: Apache-2.0
#include "store/sweep_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/journal.h"
#include "store/plan_file.h"
#include "store/store_fixture.h"

namespace dovetail {
namespace {

Record took(const Job& job, double seconds, int64_t rank = 0) {
  Record record{.key = job.key, .name = job.name, .kind = job.kind};
  record.cost.wall_seconds = seconds;
  record.provenance = {{"host", "node"}, {"rank", rank}};
  return record;
}

// A vocabulary, a pre-training, and four cells.
Plan small_plan() {
  Plan plan =
      grid_plan({.objectives = 1, .tasks = 1, .templates = 1, .train_sizes = 1, .seeds = 4});
  std::erase_if(plan.cells, [](const Cell& cell) { return !cell.baseline.empty(); });
  std::erase_if(plan.jobs, [](const Job& job) { return job.kind == JobKind::baseline; });
  return plan;
}

TEST(SweepStatus, KnowsNoTimesBeforeTheFirstRecord) {
  const SweepStatus status = sweep_status(small_plan(), {});

  EXPECT_EQ(status.jobs.total, 6);
  EXPECT_EQ(status.jobs.missing, 6);
  EXPECT_EQ(status.cells.missing, 4);
  EXPECT_LT(status.remaining_seconds, 0);
  EXPECT_TRUE(Json(status)["remaining_seconds"].is_null());
}

TEST(SweepStatus, CountsAndEstimatesFromWhatIsDone) {
  const Plan plan = small_plan();
  std::map<std::string, Record> records;
  const auto add = [&](const Record& record) { records[record.key] = record; };
  add(took(plan.jobs[0], 1));  // each job is estimated at 2 seconds
  add(took(plan.jobs[1], 10, 0));
  add(took(plan.jobs[2], 3, 0));
  add(took(plan.jobs[3], 5, 1));
  Record failure = took(plan.jobs[4], 1, 1);
  failure.status = RunStatus::failed;
  failure.reason = "the loss is not a number";
  add(failure);

  const SweepStatus status = sweep_status(plan, records);

  EXPECT_EQ(status.cells.finished, 2);
  EXPECT_EQ(status.cells.failed, 1);
  EXPECT_EQ(status.cells.missing, 1);
  EXPECT_EQ(status.jobs_by_kind.at(JobKind::tune).finished, 2);
  EXPECT_EQ(status.jobs_by_kind.at(JobKind::pretrain).finished, 1);
  EXPECT_EQ(status.workers, 2);
  EXPECT_DOUBLE_EQ(status.spent_seconds, 20);
  EXPECT_DOUBLE_EQ(status.missing_seconds, 4);  // tune jobs took twice their estimate
  EXPECT_DOUBLE_EQ(status.remaining_seconds, 2);
  EXPECT_DOUBLE_EQ(status.jobs_per_minute, 5 * 60 * 2 / 20.0);
  ASSERT_EQ(status.failures.size(), 1);
  EXPECT_EQ(status.failures[0].reason, "the loss is not a number");
  EXPECT_EQ(status.failures[0].name, plan.jobs[4].name);
}

TEST(SweepStatus, OfAFolderWhileARunGoesOn) {
  const TemporaryFolder folder;
  const Plan plan = small_plan();
  write_plan(folder.path(), plan);
  EXPECT_EQ(read_status(folder.path()).running, "");

  Journal journal(folder.path());
  journal.append(took(plan.jobs[0], 1));
  const Json status = read_status(folder.path());

  EXPECT_TRUE(status["running"].get<bool>());
  EXPECT_EQ(status["jobs"]["finished"], 1);
  EXPECT_EQ(status["jobs_by_kind"]["tokenizer"]["finished"], 1);
  EXPECT_EQ(status["cells"]["missing"], 4);
}

}  // namespace
}  // namespace dovetail
