// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/error.h"
#include "base/stop.h"
#include "driver/driver.h"
#include "driver/made_up.h"
#include "store/journal.h"

// Groups: jobs around one frozen model, which a rank gets at once and records one by one.
namespace dovetail {

namespace {

using made_up::finished;
using made_up::job;
using testing::ElementsAre;

// Five jobs around model m, two around model n, and one that shares nothing.
Plan groups_plan() {
  std::vector<Job> jobs = {job("m1", 9), job("n1", 8),    job("m2", 7), job("m3", 6),
                           job("m4", 5), job("alone", 4), job("n2", 3), job("m5", 2)};
  for (Job& one : jobs)
    if (one.name != "alone") one.sharing = one.name.substr(0, 1);
  return made_up::plan(std::move(jobs));
}

RunSummary run(const std::filesystem::path& folder, const RunGroup& run_group, int64_t group_size) {
  const auto communicator = make_serial_communicator();
  Journal journal(folder);
  DriverOptions options;
  options.group.jobs = group_size;
  return coordinate(*communicator, groups_plan(), journal, run_group, options);
}

using Groups = std::vector<std::vector<std::string>>;

RunGroup noting(Groups& groups) {
  return [&groups](std::span<const Job> group, const RecordSink& done) {
    groups.emplace_back();
    for (size_t i = 0; i < group.size(); ++i) {
      groups.back().push_back(group[i].name);
      done(i, finished(group[i]));
    }
  };
}

TEST(Groups, JobsAroundOneModelComeTogetherLongestPathFirst) {
  const made_up::Folder folder;
  Groups groups;
  EXPECT_EQ(run(folder.path(), noting(groups), 3).finished, 8);
  EXPECT_THAT(groups, ElementsAre(ElementsAre("m1", "m2", "m3"), ElementsAre("n1", "n2"),
                                  ElementsAre("m4", "m5"), ElementsAre("alone")));
}

TEST(Groups, OneByOneWhereAskedFor) {
  const made_up::Folder folder;
  Groups groups;
  run(folder.path(), noting(groups), 1);
  EXPECT_EQ(groups.size(), 8u);
}

// The first group is killed after two of its jobs: these are not run again.
TEST(GroupsDeathTest, WhatAKilledGroupHasRecordedIsNotRunAgain) {
  const made_up::Folder folder;
  const RunGroup dying = [](std::span<const Job> group, const RecordSink& done) {
    done(0, finished(group[0]));
    done(1, finished(group[1]));
    // the journal is written by the other thread
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::_Exit(3);
  };
  EXPECT_EXIT(run(folder.path(), dying, 5), testing::ExitedWithCode(3), "");
  EXPECT_EQ(read_journal(folder.path()).size(), 2u);

  // those that the death took along run alone, so that the one at fault is found out
  Groups groups;
  EXPECT_EQ(run(folder.path(), noting(groups), 5).finished, 8);
  EXPECT_THAT(groups, ElementsAre(ElementsAre("n1", "n2"), ElementsAre("m3"), ElementsAre("m4"),
                                  ElementsAre("alone"), ElementsAre("m5")));
}

TEST(GroupsDeathTest, AStopInTheMiddleKeepsWhatIsDone) {
  const made_up::Folder folder;
  const auto stopped_run = [&] {
    const RunGroup stopping = [](std::span<const Job> group, const RecordSink& done) {
      done(0, finished(group[0]));
      request_stop();
      check_stop();
    };
    const RunSummary summary = run(folder.path(), stopping, 5);
    std::_Exit(summary.interrupted && summary.finished == 1 ? kInterrupted : kFailure);
  };
  EXPECT_EXIT(stopped_run(), testing::ExitedWithCode(kInterrupted), "");
  EXPECT_EQ(read_journal(folder.path()).size(), 1u);
  EXPECT_EQ(Journal(folder.path()).unclean_ends(job("m2", 0).key), 0);
}

TEST(Groups, AnExceptionFailsTheJobsWithoutARecord) {
  const made_up::Folder folder;
  const RunGroup throwing = [](std::span<const Job> group, const RecordSink& done) {
    done(group.size() - 1, finished(group.back()));
    if (group.size() > 1) throw std::runtime_error("broken");
  };
  const RunSummary summary = run(folder.path(), throwing, 5);
  EXPECT_EQ(summary.finished, 3);
  EXPECT_EQ(summary.failed, 5);
  const auto records = read_journal(folder.path());
  EXPECT_EQ(records.at(job("m1", 0).key).reason, "broken");
  EXPECT_EQ(records.at(job("m5", 0).key).status, RunStatus::finished);
}

}  // namespace

}  // namespace dovetail
