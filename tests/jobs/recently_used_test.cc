// SPDX-License-Identifier: Apache-2.0
#include "jobs/recently_used.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

class RecentlyUsedTest : public testing::Test {
 protected:
  // Whether the thing was still there; it is of so many bytes.
  bool had(RecentlyUsed<int64_t>& things, const std::string& name, int64_t bytes = 1) {
    bool made = false;
    things.get(name, [&] {
      made = true;
      return bytes;
    });
    return !made;
  }

  int64_t free_ = 0;
  RecentlyUsed<int64_t> sized_{8, [](const int64_t& bytes) { return bytes; },
                               [this] { return free_; }};
};

TEST_F(RecentlyUsedTest, KeepsTheLastOnes) {
  RecentlyUsed<int64_t> three(3);
  for (const char* name : {"a", "b", "c"}) EXPECT_FALSE(had(three, name));
  EXPECT_TRUE(had(three, "a"));
  EXPECT_FALSE(had(three, "d"));  // b is the oldest
  EXPECT_TRUE(had(three, "c"));
  EXPECT_TRUE(had(three, "a"));
  EXPECT_FALSE(had(three, "b"));
}

// Three of 10 bytes are a quarter of 120, with 90 bytes free beside them; four are more than a
// quarter of 150.
TEST_F(RecentlyUsedTest, StaysWithinAQuarterOfTheFreeMemory) {
  free_ = 90;
  for (const char* name : {"a", "b", "c"}) had(sized_, name, 10);
  EXPECT_TRUE(had(sized_, "a", 10));
  free_ = 110;  // of 150 with four: 37
  had(sized_, "d", 10);
  EXPECT_TRUE(had(sized_, "c", 10));
  EXPECT_FALSE(had(sized_, "b", 10));
}

TEST_F(RecentlyUsedTest, KeepsTheLastOneHoweverLarge) {
  free_ = 1;
  had(sized_, "a", 1000);
  EXPECT_TRUE(had(sized_, "a", 1000));
  had(sized_, "b", 1000);
  EXPECT_TRUE(had(sized_, "b", 1000));
  EXPECT_FALSE(had(sized_, "a", 1000));
}

}  // namespace
}  // namespace dovetail
