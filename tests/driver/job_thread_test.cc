// SPDX-License-Identifier: Apache-2.0
#include "driver/job_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "driver/made_up.h"

namespace dovetail {
namespace {

using testing::ElementsAre;

constexpr auto kLong = std::chrono::milliseconds(200);

// A row of two jobs; each waits until it is let go.
class JobThreadTest : public testing::Test {
 protected:
  JobThreadTest()
      : run_([this](std::span<const Job> group) {
          ++begun_;
          while (allowed_ < begun_) std::this_thread::yield();
          return std::vector<Record>{made_up::finished(group[0])};
        }),
        thread_(1, run_) {}

  void start() {
    thread_.start({{made_up::job("a", 1), made_up::job("b", 1)}, {1, 1}, /*side_by_side=*/false});
  }

  std::vector<std::string> names_at_the_end() {
    std::vector<std::string> names;
    for (bool ended = false; !ended;) {
      thread_.wait(std::chrono::milliseconds(5));
      if (auto outcome = thread_.poll()) {
        for (const Record& record : outcome->records) names.push_back(record.name);
        ended = outcome->ended;
      }
    }
    return names;
  }

  void wait_until_begun(int jobs) const {
    while (begun_ < jobs) std::this_thread::yield();
  }

  std::atomic<int> begun_ = 0, allowed_ = 0;
  RunGroup run_;
  JobThread thread_;
};

TEST_F(JobThreadTest, RunsARow) {
  allowed_ = 2;
  start();
  EXPECT_THAT(names_at_the_end(), ElementsAre("a", "b"));
}

TEST_F(JobThreadTest, BeginsNoMoreOfWhatIsDropped) {
  start();
  wait_until_begun(1);
  thread_.drop_rest();
  allowed_ = 2;
  EXPECT_THAT(names_at_the_end(), ElementsAre("a"));
  start();  // the next row is whole again
  allowed_ = 4;
  EXPECT_THAT(names_at_the_end(), ElementsAre("a", "b"));
}

// As a process that stood still: what has been said to it meanwhile is not read yet.
TEST_F(JobThreadTest, BeginsNothingWhileNobodyHasBeenHeard) {
  thread_.begin_only_within(0.02);
  std::this_thread::sleep_for(kLong);
  start();
  std::this_thread::sleep_for(kLong);
  EXPECT_EQ(begun_, 0);
  thread_.heard_now();
  wait_until_begun(1);
  std::this_thread::sleep_for(kLong);
  allowed_ = 2;
  std::this_thread::sleep_for(kLong);
  EXPECT_EQ(begun_, 1);
  thread_.drop_rest();
  EXPECT_THAT(names_at_the_end(), ElementsAre("a"));
}

}  // namespace
}  // namespace dovetail
