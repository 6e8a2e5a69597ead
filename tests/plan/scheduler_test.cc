// SPDX-License-Identifier: Apache-2.0
#include "plan/scheduler.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>

#include "driver/made_up.h"
#include "plan/makespan.h"

namespace dovetail {

namespace {

using made_up::job;
using State = Scheduler::State;

//  0 (1 s) -> 2 (9 s);  1 (4 s) -> 3 (1 s);  2, 3 -> 4 (2 s);  5 (7 s)
// Longest paths: 12, 7, 11, 3, 2, 7.
std::vector<Job> diamond() {
  return {job("a", 1),      job("b", 4),         job("c", 9, {0}),
          job("d", 1, {1}), job("e", 2, {2, 3}), job("f", 7)};
}

Scheduler scheduler_of(const std::vector<Job>& jobs) { return {jobs, longest_paths(jobs)}; }

std::vector<int64_t> take_all(Scheduler& scheduler) {
  std::vector<int64_t> taken;
  while (const auto job = scheduler.take()) taken.push_back(*job);
  return taken;
}

}  // namespace

TEST(Scheduler, LongestPathFirstAndTheEarlierOfEquals) {
  Scheduler scheduler = scheduler_of(diamond());

  EXPECT_EQ(take_all(scheduler), (std::vector<int64_t>{0, 1, 5}));
}

TEST(Scheduler, AJobIsReadyOnceAllItsInputsAre) {
  Scheduler scheduler = scheduler_of(diamond());
  take_all(scheduler);

  scheduler.finish(0);
  EXPECT_EQ(take_all(scheduler), (std::vector<int64_t>{2}));
  scheduler.finish(2);
  EXPECT_EQ(scheduler.state(4), State::waiting);
  scheduler.finish(1);
  scheduler.take();
  scheduler.finish(3);
  EXPECT_EQ(scheduler.state(4), State::ready);
}

TEST(Scheduler, DoneOnceEveryJobIsSettled) {
  Scheduler scheduler = scheduler_of({job("a", 1), job("b", 1, {0})});

  EXPECT_FALSE(scheduler.done());
  scheduler.take();
  scheduler.finish(0);
  EXPECT_FALSE(scheduler.done());
  scheduler.take();
  scheduler.finish(1);
  EXPECT_TRUE(scheduler.done());
  EXPECT_FALSE(scheduler.take());
}

// Of 10, 9.5, 9.2 and 5 s around the models A, B, A, B. Near an A, the A of 9.2 s is about as
// urgent as the first; near a B, the one of 5 s is not.
TEST(Scheduler, JobsNearTheLastOneComeFirstWhereTheyAreAboutAsUrgent) {
  std::vector<Job> jobs = {job("a", 10), job("b", 9.5), job("c", 9.2), job("d", 5)};
  for (size_t i = 0; i < jobs.size(); ++i) jobs[i].affinity = i % 2 == 0 ? "A" : "B";
  const auto any = [](int64_t) { return true; };
  Scheduler scheduler = scheduler_of(jobs);

  EXPECT_EQ(scheduler.take_near({}, any), 0);
  EXPECT_EQ(scheduler.take_near(0, any), 2);
  EXPECT_EQ(scheduler.take_near(2, any), 1);  // no A is left
  EXPECT_EQ(scheduler.take_near(1, any), 3);

  Scheduler other = scheduler_of(jobs);
  other.finish(1);
  EXPECT_EQ(other.take_near(1, any), 0);  // 5 s are less than nine tenths of 10
  EXPECT_EQ(other.take_near(0, [](int64_t job) { return job != 2; }), 3);
}

TEST(Scheduler, WithoutJobsIsDone) { EXPECT_TRUE(scheduler_of({}).done()); }

TEST(Scheduler, AJobGivenBackTakesItsPlaceAgain) {
  Scheduler scheduler = scheduler_of(diamond());
  const auto first = scheduler.take();

  scheduler.give_back(*first);

  EXPECT_EQ(take_all(scheduler), (std::vector<int64_t>{0, 1, 5}));
}

TEST(Scheduler, AFailureTakesAllThatNeedsItAndNothingElse) {
  Scheduler scheduler = scheduler_of(diamond());
  take_all(scheduler);

  const auto blocked = scheduler.fail(0);

  ASSERT_EQ(blocked.size(), 2);
  EXPECT_EQ(blocked[0].job, 2);
  EXPECT_EQ(blocked[0].input, 0);
  EXPECT_EQ(blocked[1].job, 4);
  EXPECT_EQ(blocked[1].input, 2);
  EXPECT_EQ(scheduler.state(3), State::waiting);
  scheduler.finish(1);
  EXPECT_EQ(take_all(scheduler), (std::vector<int64_t>{3}));
  scheduler.finish(3);
  scheduler.finish(5);
  EXPECT_TRUE(scheduler.done());
}

TEST(Scheduler, AJobOfTwoFailedInputsFailsOnce) {
  Scheduler scheduler = scheduler_of({job("a", 1), job("b", 1), job("c", 1, {0, 1})});
  take_all(scheduler);

  EXPECT_EQ(scheduler.fail(0).size(), 1);
  EXPECT_TRUE(scheduler.fail(1).empty());
  EXPECT_TRUE(scheduler.done());
}

// The journal of another sweep may have a cell, but not the checkpoint that it came from.
TEST(Scheduler, AJobMayBeFinishedBeforeItsInputs) {
  Scheduler scheduler = scheduler_of({job("a", 1), job("b", 1, {0}), job("c", 1, {0})});

  scheduler.finish(1);
  scheduler.take();
  const auto blocked = scheduler.fail(0);

  ASSERT_EQ(blocked.size(), 1);
  EXPECT_EQ(blocked[0].job, 2);
  EXPECT_EQ(scheduler.state(1), State::finished);
}

// A rank that was given up may deliver a job that has been put back.
TEST(Scheduler, AReadyJobMayFinishAndIsNotHandedOutAgain) {
  Scheduler scheduler = scheduler_of({job("a", 2), job("b", 1)});
  scheduler.take();
  scheduler.give_back(0);

  scheduler.finish(0);

  EXPECT_EQ(take_all(scheduler), (std::vector<int64_t>{1}));
}

TEST(Scheduler, WhoeverTakesMayPassOverAJob) {
  Scheduler scheduler = scheduler_of(diamond());

  EXPECT_EQ(scheduler.take([](int64_t job) { return job != 0; }), 1);
  EXPECT_EQ(scheduler.take([](int64_t) { return false; }), std::nullopt);
  EXPECT_EQ(scheduler.take(), 0);
}

TEST(Scheduler, SettlingTwiceIsAProgrammersError) {
  Scheduler scheduler = scheduler_of({job("a", 1)});
  scheduler.take();
  scheduler.finish(0);

  EXPECT_THROW(scheduler.finish(0), std::logic_error);
  EXPECT_THROW(scheduler.fail(0), std::logic_error);
}

TEST(Scheduler, RandomGraphsRunEachJobOnceAfterItsInputs) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::vector<Job> jobs;
    for (int64_t i = 0; i < 60; ++i) {
      std::set<int64_t> inputs;
      for (int k = 0; i > 0 && k < static_cast<int>(random() % 4); ++k) inputs.insert(random() % i);
      jobs.push_back(job(std::to_string(i), random() % 5, {inputs.begin(), inputs.end()}));
    }
    Scheduler scheduler = scheduler_of(jobs);
    std::set<int64_t> ended, started;
    std::vector<int64_t> running;
    while (!scheduler.done()) {
      const auto next = running.size() < 4 ? scheduler.take() : std::nullopt;
      if (next) {
        EXPECT_TRUE(started.insert(*next).second);
        for (const int64_t input : jobs[*next].inputs) EXPECT_TRUE(ended.contains(input));
        running.push_back(*next);
        continue;
      }
      ASSERT_FALSE(running.empty());
      std::swap(running[random() % running.size()], running.back());
      ended.insert(running.back());
      scheduler.finish(running.back());
      running.pop_back();
    }
    EXPECT_EQ(ended.size(), jobs.size());
  }
}

}  // namespace dovetail
