// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>

#include "driver/driver.h"
#include "driver/made_up.h"
#include "mpi/world.h"

namespace dovetail {

namespace {

using testing_mpi::meet;
using testing_mpi::world;

// A few milliseconds a job; every seventh tune job fails. The record says in its provenance which
// rank ran it, so that rank 0 can count.
std::vector<Record> nap(std::span<const Job> group) {
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  Record record = made_up::finished(group[0]);
  record.metrics["run"] = 1;
  if (group[0].name.ends_with(".6")) {
    record.status = RunStatus::failed;
    record.reason = "made to fail";
  }
  record.predictions.assign(500, "a word or two of every example");  // not a small message
  return {record};
}

}  // namespace

TEST(Driver, EveryJobRunsExactlyOnce) {
  const Plan plan = made_up::tree(5, 8);
  if (world().rank() != 0) {
    work(world(), nap);
  } else {
    const made_up::Folder folder;
    Journal journal(folder.path());
    std::map<std::string, int> times;
    std::map<int, int> by_rank;
    DriverOptions options;
    options.on_record = [&](const Record& record) {
      ++times[record.key];
      ++by_rank[record.provenance.at("rank").get<int>()];
    };

    const RunSummary summary = coordinate(world(), plan, journal, nap, options);

    EXPECT_EQ(summary.total, 46);
    EXPECT_EQ(summary.finished, 41);
    EXPECT_EQ(summary.failed, 5);
    EXPECT_EQ(times.size(), plan.jobs.size());
    for (const auto& [key, count] : times) EXPECT_EQ(count, 1);
    EXPECT_EQ(by_rank.size(), world().size()) << "a rank had nothing to do";
  }
  meet();
}

TEST(Driver, ASecondRunOnTheSameRanksRunsNothing) {
  const Plan plan = made_up::tree(2, 3);
  const made_up::Folder folder;
  for (int round = 0; round < 2; ++round) {
    if (world().rank() != 0) {
      work(world(), nap);
    } else {
      Journal journal(folder.path());
      const RunSummary summary = coordinate(world(), plan, journal, nap, {});
      EXPECT_EQ(summary.finished, 9);
      EXPECT_EQ(summary.reused, round == 0 ? 0 : 9);
    }
    meet();
  }
}

TEST(Driver, AFailedInputHoldsUpWhatNeedsIt) {
  const Plan plan = made_up::tree(3, 4);
  const RunGroup failing_at_first = [](std::span<const Job> group) {
    Record record = made_up::finished(group[0]);
    if (group[0].name == "pretrain0") record.status = RunStatus::failed;
    return std::vector<Record>{record};
  };
  if (world().rank() != 0) {
    work(world(), failing_at_first);
  } else {
    const made_up::Folder folder;
    Journal journal(folder.path());
    const RunSummary summary = coordinate(world(), plan, journal, failing_at_first, {});
    EXPECT_EQ(summary.finished, 11);
    EXPECT_EQ(summary.failed, 1);
    EXPECT_EQ(summary.unreached, 4);
    EXPECT_EQ(journal.records().size(), plan.jobs.size());
  }
  meet();
}

}  // namespace dovetail
