// SPDX-License-Identifier: Apache-2.0
// Runs on one rank, without MPI.
#include "driver/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/machine_failure.h"
#include "base/stop.h"
#include "driver/made_up.h"

namespace dovetail {

namespace {

using made_up::finished;
using made_up::job;

// Remembers what it ran; the names in `failing` fail by a record.
class FakeTrainer {
 public:
  explicit FakeTrainer(std::set<std::string> failing = {}) : failing_(std::move(failing)) {}

  RunGroup run_group() {
    return [this](std::span<const Job> group) {
      std::vector<Record> records;
      for (const Job& job : group) records.push_back(run(job));
      return records;
    };
  }
  std::vector<std::string> ran;

 private:
  Record run(const Job& job) {
    ran.push_back(job.name);
    Record record = finished(job);
    if (failing_.contains(job.name)) {
      record.status = RunStatus::failed;
      record.reason = "loss is NaN";
    }
    return record;
  }
  std::set<std::string> failing_;
};

RunSummary run(const Plan& plan, const std::filesystem::path& folder, const RunGroup& run_group,
               const DriverOptions& options = {}) {
  const auto communicator = make_serial_communicator();
  Journal journal(folder);
  return coordinate(*communicator, plan, journal, run_group, options);
}

// a -> c -> d,  b
Plan small_plan() {
  return made_up::plan({job("a", 1), job("b", 2), job("c", 3, {0}), job("d", 1, {2})});
}

}  // namespace

TEST(Driver, RunsEveryJobOnceInOrder) {
  const made_up::Folder folder;
  FakeTrainer trainer;
  std::vector<std::string> recorded;
  DriverOptions options;
  options.on_record = [&](const Record& record) { recorded.push_back(record.name); };

  const RunSummary summary = run(small_plan(), folder.path(), trainer.run_group(), options);

  EXPECT_EQ(trainer.ran, (std::vector<std::string>{"a", "c", "b", "d"}));
  EXPECT_EQ(recorded, trainer.ran);
  EXPECT_EQ(summary.total, 4);
  EXPECT_EQ(summary.finished, 4);
  EXPECT_EQ(summary.failed + summary.reused + summary.unreached, 0);
  EXPECT_FALSE(summary.interrupted);
  const auto records = read_journal(folder.path());
  ASSERT_EQ(records.size(), 4);
  EXPECT_EQ(records.begin()->second.provenance.at("rank"), 0);
  EXPECT_EQ(records.begin()->second.provenance.at("attempt"), 1);
}

TEST(Driver, ASecondRunRunsNothing) {
  const made_up::Folder folder;
  FakeTrainer first, second;
  run(small_plan(), folder.path(), first.run_group());

  const RunSummary summary = run(small_plan(), folder.path(), second.run_group());

  EXPECT_TRUE(second.ran.empty());
  EXPECT_EQ(summary.finished, 4);
  EXPECT_EQ(summary.reused, 4);
}

TEST(Driver, AnEmptyPlanIsDone) {
  const made_up::Folder folder;
  FakeTrainer trainer;

  EXPECT_EQ(run(made_up::plan({}), folder.path(), trainer.run_group()).total, 0);
}

TEST(Driver, AFailureNamesItselfInWhatNeedsIt) {
  const made_up::Folder folder;
  FakeTrainer trainer({"a"});

  const RunSummary summary = run(small_plan(), folder.path(), trainer.run_group());

  EXPECT_EQ(trainer.ran, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(summary.finished, 1);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(summary.unreached, 2);
  const auto records = read_journal(folder.path());
  EXPECT_EQ(records.at(job("c", 0).key).status, RunStatus::failed);
  EXPECT_EQ(records.at(job("c", 0).key).reason, "its input a failed: loss is NaN");
  EXPECT_EQ(records.at(job("d", 0).key).reason,
            "its input c failed: its input a failed: loss is NaN");
}

TEST(Driver, FailedJobsStayFailedUnlessTheyAreToBeTriedAgain) {
  const made_up::Folder folder;
  FakeTrainer broken({"a"}), second, mended;
  run(small_plan(), folder.path(), broken.run_group());

  const RunSummary again = run(small_plan(), folder.path(), second.run_group());
  DriverOptions options;
  options.retry_failed = true;
  const RunSummary retried = run(small_plan(), folder.path(), mended.run_group(), options);

  EXPECT_TRUE(second.ran.empty());
  EXPECT_EQ(again.failed, 1);
  EXPECT_EQ(again.unreached, 2);
  EXPECT_EQ(mended.ran, (std::vector<std::string>{"a", "c", "d"}));
  EXPECT_EQ(retried.finished, 4);
  EXPECT_EQ(read_journal(folder.path()).at(job("a", 0).key).attempt, 2);
}

// The input was mended by another sweep that shares the store.
TEST(Driver, AJobIsTriedOnceItsFailedInputIsThere) {
  const made_up::Folder folder;
  FakeTrainer broken({"a"}), second;
  run(small_plan(), folder.path(), broken.run_group());
  {
    Journal journal(folder.path());
    journal.append(finished(small_plan().jobs[0]));
  }

  run(small_plan(), folder.path(), second.run_group());

  EXPECT_EQ(second.ran, (std::vector<std::string>{"c", "d"}));
}

// Its artefact was lost, and d needs it.
TEST(Driver, AFinishedJobRunsAgainOnDemand) {
  const made_up::Folder folder;
  FakeTrainer first, second;
  run(small_plan(), folder.path(), first.run_group());
  DriverOptions options;
  options.repeat = {job("c", 0).key};

  const RunSummary summary = run(small_plan(), folder.path(), second.run_group(), options);

  EXPECT_EQ(second.ran, std::vector<std::string>{"c"});
  EXPECT_EQ(summary.finished, 4);
  EXPECT_EQ(summary.reused, 3);
}

TEST(Driver, WhatIsThrownBecomesARecord) {
  const made_up::Folder folder;
  const RunGroup throwing = [](std::span<const Job> group) -> std::vector<Record> {
    if (group[0].name == "a") throw std::runtime_error("no such corpus");
    if (group[0].name == "b") throw std::bad_alloc();
    return {};
  };

  const RunSummary summary =
      run(made_up::plan({job("a", 1), job("b", 1), job("c", 1)}), folder.path(), throwing);

  EXPECT_EQ(summary.failed, 3);
  const auto records = read_journal(folder.path());
  EXPECT_EQ(records.at(job("a", 0).key).reason, "no such corpus");
  EXPECT_EQ(records.at(job("b", 0).key).reason, "out of memory");
  EXPECT_EQ(records.at(job("c", 0).key).reason, "the trainer gave 0 records for 1 jobs");
}

TEST(Driver, AJobThatTookItsProcessDownTooOftenIsRecordedCrashed) {
  const made_up::Folder folder;
  const Plan plan = small_plan();
  for (int i = 0; i < 3; ++i) Journal(folder.path()).note_begin(plan.jobs[0].key);
  for (int i = 0; i < 2; ++i) Journal(folder.path()).note_begin(plan.jobs[1].key);
  FakeTrainer trainer;

  const RunSummary summary = run(plan, folder.path(), trainer.run_group());

  EXPECT_EQ(trainer.ran, (std::vector<std::string>{"b"}));
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(summary.unreached, 2);
  const auto records = read_journal(folder.path());
  EXPECT_EQ(records.at(plan.jobs[0].key).status, RunStatus::crashed);
  EXPECT_EQ(records.at(plan.jobs[1].key).attempt, 3);
}

TEST(Driver, ACrashedJobMayBeTriedOnceMore) {
  const made_up::Folder folder;
  const Plan plan = small_plan();
  for (int i = 0; i < 3; ++i) Journal(folder.path()).note_begin(plan.jobs[0].key);
  FakeTrainer first, second;
  run(plan, folder.path(), first.run_group());
  DriverOptions options;
  options.retry_failed = true;

  const RunSummary summary = run(plan, folder.path(), second.run_group(), options);

  EXPECT_EQ(summary.finished, 4);
  EXPECT_EQ(second.ran, (std::vector<std::string>{"a", "c", "d"}));
}

TEST(Driver, ProgressAddsUp) {
  const made_up::Folder folder;
  FakeTrainer trainer({"a"});
  Progress last;
  DriverOptions options;
  options.on_progress = [&](const Progress& progress) { last = progress; };

  run(small_plan(), folder.path(), trainer.run_group(), options);

  EXPECT_EQ(last.total, 4);
  EXPECT_EQ(last.done, 4);
  EXPECT_EQ(last.failed, 3);
  EXPECT_EQ(last.remaining_seconds, 0);
  ASSERT_EQ(last.ranks.size(), 1);
  EXPECT_EQ(last.ranks[0].state, RankState::idle);
}

// The stop flag is for the whole process and stays, so these run in a child of their own.
TEST(DriverDeathTest, AStopHandsBackTheJobThatRuns) {
  const made_up::Folder folder;
  const RunGroup stoppable = [](std::span<const Job> group) {
    if (group[0].name == "c") request_stop();
    for (int i = 0; i < 1000; ++i) {
      if (group[0].name == "c") std::this_thread::sleep_for(std::chrono::milliseconds(10));
      check_stop();
    }
    return std::vector<Record>{finished(group[0])};
  };
  const auto stopped_run = [&] {
    const RunSummary summary = run(small_plan(), folder.path(), stoppable);
    const bool right = summary.interrupted && summary.finished == 1 && summary.unreached == 3;
    std::_Exit(right ? kInterrupted : kFailure);
  };

  EXPECT_EXIT(stopped_run(), testing::ExitedWithCode(kInterrupted), "");

  EXPECT_EQ(read_journal(folder.path()).size(), 1);
  EXPECT_EQ(Journal(folder.path()).unclean_ends(job("c", 0).key), 0);
}

// The disk is full for d alone: it is put back, and counts neither as failed nor as a crash.
TEST(DriverDeathTest, AFailureOfTheMachineStopsTheRunAndBooksNothing) {
  const made_up::Folder folder;
  FakeTrainer second;
  const RunGroup on_full_disk = [](std::span<const Job> group) {
    if (group[0].name == "d") throw MachineFailure("cannot write d: No space left on device");
    return std::vector<Record>{finished(group[0])};
  };
  const auto failing_run = [&] {
    const RunSummary summary = run(small_plan(), folder.path(), on_full_disk);
    std::fprintf(stderr, "%s", summary.machine_failure.c_str());
    std::_Exit(summary.interrupted && summary.failed == 0 ? kInterrupted : kFailure);
  };

  EXPECT_EXIT(failing_run(), testing::ExitedWithCode(kInterrupted),
              "d: cannot write d: No space left on device");

  EXPECT_FALSE(read_journal(folder.path()).contains(job("d", 0).key));
  EXPECT_EQ(Journal(folder.path()).unclean_ends(job("d", 0).key), 0);
  EXPECT_EQ(run(small_plan(), folder.path(), second.run_group()).finished, 4);
  EXPECT_THAT(second.ran, testing::Contains("d"));
}

// Too large for the file-size limit: the disk is full, as far as the journal can see.
TEST(DriverDeathTest, AFullDiskEndsTheRun) {
  const made_up::Folder folder;
  const RunGroup verbose = [](std::span<const Job> group) {
    Record record = finished(group[0]);
    record.predictions.assign(200'000, "word");
    return std::vector<Record>{record};
  };
  const auto full_run = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1'500'000, 1'500'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      run(small_plan(), folder.path(), verbose);
    } catch (const SystemError& error) {
      std::fprintf(stderr, "%s", error.what());
      std::_Exit(kFailure);
    }
    std::_Exit(kSuccess);
  };

  EXPECT_EXIT(full_run(), testing::ExitedWithCode(kFailure), "cannot write the record of");

  EXPECT_EQ(read_journal(folder.path()).size(), 1);
}

}  // namespace dovetail
