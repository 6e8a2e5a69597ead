// SPDX-License-Identifier: Apache-2.0
#include "driver/time_estimate.h"

#include <gtest/gtest.h>

namespace dovetail {

TEST(TimeEstimate, KnowsNothingBeforeTheFirstJob) {
  const TimeEstimate estimate(100);

  EXPECT_LT(estimate.remaining_seconds(2, 10), 0);
  EXPECT_EQ(estimate.jobs_per_minute(5), 0);
}

// Jobs of 20 took 40 s: twice the estimate. 80 are left for 4 workers: 40 s.
TEST(TimeEstimate, ScalesByWhatJobsTook) {
  TimeEstimate estimate(100);
  estimate.add_run(5, 10);
  estimate.add_run(15, 30);

  EXPECT_DOUBLE_EQ(estimate.remaining_seconds(4, 10), 40);
  EXPECT_DOUBLE_EQ(estimate.jobs_per_minute(30), 4);
}

// The longest chain of 30 takes 60 s, however many workers there are.
TEST(TimeEstimate, EndsNotBeforeTheLongestChain) {
  TimeEstimate estimate(100);
  estimate.add_run(20, 40);

  EXPECT_DOUBLE_EQ(estimate.remaining_seconds(100, 30), 60);
}

// A running job of 40 at 2 s a unit has 10 behind it after 20 s, and never more than all.
TEST(TimeEstimate, CountsWhatRunningJobsHaveBehindThem) {
  TimeEstimate estimate(100);
  estimate.add_run(20, 40);

  EXPECT_DOUBLE_EQ(estimate.cost_done(40, 20), 10);
  EXPECT_DOUBLE_EQ(estimate.cost_done(40, 1000), 40);
  EXPECT_DOUBLE_EQ(estimate.remaining_seconds(1, 0, 10), 140);
}

TEST(TimeEstimate, WhatNeedNotRunTakesNoTime) {
  TimeEstimate estimate(100);
  estimate.add_skipped(60);
  estimate.add_run(20, 20);

  EXPECT_DOUBLE_EQ(estimate.remaining_seconds(1, 0), 20);
  EXPECT_DOUBLE_EQ(estimate.jobs_per_minute(60), 1);
}

}  // namespace dovetail
