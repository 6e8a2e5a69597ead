// SPDX-License-Identifier: Apache-2.0
#include "plan/makespan.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

// A vocabulary (2 s), two pre-trainings on it (4 s, 3 s), and three cells: 5 s and 1 s on the
// first, 2 s on the second; and a baseline of 6 s that needs nothing.
Plan small_graph() {
  Plan plan;
  const auto add = [&](double seconds, std::vector<int64_t> inputs) {
    Job job;
    job.inputs = std::move(inputs);
    job.cost_seconds = seconds;
    plan.jobs.push_back(job);
  };
  add(2, {});
  add(4, {0});
  add(3, {0});
  add(5, {0, 1});
  add(1, {0, 1});
  add(2, {0, 2});
  add(6, {});
  return plan;
}

TEST(Schedule, LongestPaths) {
  EXPECT_EQ(longest_paths(small_graph().jobs), (std::vector<double>{11, 9, 5, 5, 1, 2, 6}));
}

// One worker: the sum. Two: A vocabulary 0-2, pre-training 2-6, cell 6-11; B baseline 0-6,
// pre-training 6-9, cell 9-11, and the cell of 1 s after either: 12. Three: C pre-training 2-5,
// cell 5-7, cell 7-8; the longest path of 11 s decides.
TEST(Schedule, MakespanByHand) {
  const Plan plan = small_graph();

  EXPECT_EQ(estimate_makespan(plan, 1), 23);
  EXPECT_EQ(estimate_makespan(plan, 2), 12);
  EXPECT_EQ(estimate_makespan(plan, 3), 11);
  EXPECT_EQ(estimate_makespan(plan, 100), 11);
  EXPECT_EQ(estimate_makespan(Plan{}, 2), 0);
}

// Five cells of 1, 2, 3, 4 and 5 s around one frozen model, of 10 bytes each. Two workers in groups
// of up to two: A takes 5 and 4, B 3 and 2, and then 1: 9 and 6. Each half: a first group of three
// takes 12 s, with what is left for the other. Within 19 bytes each is alone: 5 and 4, then 3 to B,
// 2 to A, 1 to either: 8.
TEST(Schedule, MakespanOfGroupsByHand) {
  Plan plan;
  for (const double seconds : {1, 2, 3, 4, 5}) {
    Job job;
    job.cost_seconds = seconds;
    job.sharing = "model";
    job.group_bytes = 10;
    plan.jobs.push_back(job);
  }
  EXPECT_EQ(estimate_makespan(plan, 2, {.jobs = 2}), 9);
  EXPECT_EQ(estimate_makespan(plan, 2, {.jobs = 16}), 12);
  EXPECT_EQ(estimate_makespan(plan, 2, {.jobs = 16, .bytes = 19}), 8);
  EXPECT_EQ(estimate_makespan(plan, 1, {.jobs = 16}), 15);
  plan.jobs[3].group_bytes = 25;  // too large beside another: A takes 5 and 3, B 4, then 2, then 1
  EXPECT_EQ(estimate_makespan(plan, 2, {.jobs = 2, .bytes = 30}), 8);
  for (Job& job : plan.jobs) job.sharing.clear();
  EXPECT_EQ(estimate_makespan(plan, 2, {.jobs = 16}), 8);
}

}  // namespace
}  // namespace dovetail
