// SPDX-License-Identifier: Apache-2.0
#include "slurm/duration.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

// The forms of sbatch(1), --time.
TEST(Duration, ReadsSlurmsForms) {
  EXPECT_EQ(seconds_of_duration("90"), 90 * 60);
  EXPECT_EQ(seconds_of_duration("90:30"), 90 * 60 + 30);
  EXPECT_EQ(seconds_of_duration("04:00:00"), 4 * 3600);
  EXPECT_EQ(seconds_of_duration("2-12"), (48 + 12) * 3600);
  EXPECT_EQ(seconds_of_duration("2-12:30"), (48 + 12) * 3600 + 30 * 60);
  EXPECT_EQ(seconds_of_duration("1-00:00:05"), 86405);
}

TEST(Duration, RefusesOthers) {
  for (const char* text : {"", "UNLIMITED", "4h", "1:2:3:4", "-1", "1-", ":30", "4.5"}) {
    EXPECT_EQ(seconds_of_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace dovetail
