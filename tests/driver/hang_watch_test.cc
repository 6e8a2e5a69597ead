// SPDX-License-Identifier: Apache-2.0
#include "driver/hang_watch.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

class HangWatchTest : public testing::Test {
 protected:
  HangWatchTest() { Clock::simulated = &now_; }
  ~HangWatchTest() override { Clock::simulated = nullptr; }

  // Looks every half second, for so long; whether any look found a hang.
  bool hangs_within(double seconds) {
    bool found = false;
    for (double passed = 0; passed < seconds; passed += 0.5) {
      pass(0.5);
      found |= watch_.is_hung();
    }
    return found;
  }
  void pass(double seconds) {
    now_ += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  Clock::time_point now_;
  HangWatch watch_;
};

TEST_F(HangWatchTest, FindsWorkThatSaysNothing) {
  watch_.begin(10);
  EXPECT_FALSE(hangs_within(10));
  EXPECT_TRUE(hangs_within(1));
}

TEST_F(HangWatchTest, LeavesWorkThatGoesOnAlone) {
  watch_.begin(10);
  for (int step = 0; step < 100; ++step) {
    check_stop();
    EXPECT_FALSE(hangs_within(9)) << "step " << step;
  }
}

// A laptop that slept for a night, a process that somebody stopped.
TEST_F(HangWatchTest, CountsNoTimeInWhichTheProcessStoodStill) {
  watch_.begin(10);
  EXPECT_FALSE(hangs_within(5));
  pass(8 * 3600);
  EXPECT_FALSE(watch_.is_hung());
  EXPECT_FALSE(hangs_within(3));
  EXPECT_TRUE(hangs_within(3));
}

TEST_F(HangWatchTest, IsOffAtZero) {
  watch_.begin(0);
  EXPECT_FALSE(hangs_within(10000));
}

}  // namespace
}  // namespace dovetail
