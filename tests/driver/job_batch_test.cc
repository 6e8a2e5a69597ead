// SPDX-License-Identifier: Apache-2.0
// What goes with a job that was taken: jobs that are over in a moment, one after the other.
#include "driver/job_batch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "driver/driver.h"
#include "driver/made_up.h"
#include "plan/makespan.h"

namespace dovetail {

namespace {

using made_up::finished;
using made_up::job;
using testing::ElementsAre;

class JobBatch : public testing::Test {
 protected:
  // Jobs a, b, c, ... of these costs, all ready.
  TakenJobs first_of(const std::vector<double>& costs, int64_t num_ranks) {
    std::vector<Job> jobs;
    for (size_t i = 0; i < costs.size(); ++i)
      jobs.push_back(job(std::string(1, static_cast<char>('a' + i)), costs[i]));
    return first_of(std::move(jobs), num_ranks);
  }

  TakenJobs first_of(std::vector<Job> jobs, int64_t num_ranks, const GroupLimits& limits = {}) {
    const Plan plan = made_up::plan(std::move(jobs));
    Scheduler scheduler(plan.jobs, longest_paths(plan.jobs));
    const int64_t first = scheduler.take().value();
    return with_others(first, {.plan = plan,
                               .scheduler = scheduler,
                               .journal = journal_,
                               .durations = durations_,
                               .num_ranks = num_ranks,
                               .group = limits,
                               .take = [&](const std::string& sharing, const auto& accepts) {
                                 return scheduler.take(sharing, accepts);
                               }});
  }

  made_up::Folder folder_;
  Journal journal_{folder_.path()};
  JobDurations durations_;
};

TEST_F(JobBatch, AJobIsAloneWhileNobodyKnowsHowLongItTakes) {
  EXPECT_THAT(first_of({1, 1, 1, 1}, 1).jobs, ElementsAre(0));
}

// Seconds as the costs: 0.03 each, so three of them stay below a tenth of a second.
TEST_F(JobBatch, ShortJobsComeInTurnUpToATenthOfASecond) {
  durations_.add(job("known", 2), 2);
  const TakenJobs taken = first_of({0.03, 0.03, 0.03, 0.03, 0.03}, 1);
  EXPECT_THAT(taken.jobs, ElementsAre(0, 1, 2));
  EXPECT_FALSE(taken.side_by_side);
}

TEST_F(JobBatch, TheOtherRanksKeepTheirPart) {
  durations_.add(job("known", 1), 1e-3);  // a thousandth of the plan's estimate
  EXPECT_THAT(first_of({1, 1, 1, 1, 1}, 2).jobs, ElementsAre(0, 1, 2));
  EXPECT_THAT(first_of({1, 1, 1, 1, 1}, 5).jobs, ElementsAre(0));
}

// Of 10, 10, 30 and 10 bytes around one frozen model within 30: the large one waits.
TEST_F(JobBatch, AGroupStaysWithinItsMemory) {
  std::vector<Job> jobs;
  for (const double bytes : {10, 10, 30, 10}) {
    jobs.push_back(job(std::string(1, static_cast<char>('a' + std::ssize(jobs))), 1));
    jobs.back().sharing = "model";
    jobs.back().group_bytes = bytes;
  }
  const auto first = [&](const GroupLimits& limits) { return first_of(jobs, 1, limits); };
  EXPECT_THAT(first({.bytes = 30}).jobs, ElementsAre(0, 1, 3));
  EXPECT_THAT(first({.bytes = 19}).jobs, ElementsAre(0));
  EXPECT_THAT(first({.jobs = 2}).jobs, ElementsAre(0, 1));
  EXPECT_THAT(first({}).jobs, ElementsAre(0, 1, 2, 3));
}

TEST_F(JobBatch, ALongJobEndsTheRow) {
  durations_.add(job("known", 1), 1);
  EXPECT_THAT(first_of({5, 0.01, 0.01}, 1).jobs, ElementsAre(0));
}

TEST_F(JobBatch, AJobThatTookItsProcessDownIsAlone) {
  durations_.add(job("known", 1), 1e-3);
  journal_.note_begin(job("b", 0).key);
  EXPECT_THAT(first_of({1, 1, 1}, 1).jobs, ElementsAre(0));
  journal_.note_begin(job("a", 0).key);
  EXPECT_THAT(first_of({1, 1, 1}, 1).jobs, ElementsAre(0));
}

// The first of 20 jobs runs alone, the others in a row. The sixth throws.
TEST_F(JobBatch, InARowEachJobFailsAlone) {
  std::vector<Job> jobs;
  for (int i = 0; i < 20; ++i) jobs.push_back(job(fmt::format("job{:02}", i), 1));
  const Plan plan = made_up::plan(std::move(jobs));
  std::vector<std::string> ran;
  const RunGroup run = [&](std::span<const Job> group) {
    EXPECT_EQ(group.size(), 1);
    ran.push_back(group[0].name);
    if (group[0].name == "job05") throw std::runtime_error("broken");
    return std::vector{finished(group[0])};
  };
  const auto alone = make_serial_communicator();
  const RunSummary summary = coordinate(*alone, plan, journal_, run, {});
  EXPECT_EQ(summary.finished, 19);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(ran.size(), 20);
  EXPECT_TRUE(std::ranges::is_sorted(ran));
  for (const Job& one : plan.jobs) {
    EXPECT_EQ(journal_.unclean_ends(one.key), 0) << one.name;
    EXPECT_EQ(journal_.records().at(one.key).attempt, 1) << one.name;
  }
  EXPECT_EQ(journal_.records().at(plan.jobs[5].key).reason, "broken");
}

}  // namespace

}  // namespace dovetail
