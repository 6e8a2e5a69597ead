// SPDX-License-Identifier: Apache-2.0
#include "tasks/wordnet_split.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(Units, WholeUnitsGoToOneSide) {
  Units units;
  for (int i = 0; i < 1000; ++i) {
    units.join(fmt::format("a{}", i), fmt::format("b{}", i));
    units.weigh(fmt::format("a{}", i));
  }

  units.cut();

  int num_test = 0;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(units.is_test(fmt::format("a{}", i)), units.is_test(fmt::format("b{}", i)));
    num_test += units.is_test(fmt::format("a{}", i));
  }
  EXPECT_EQ(num_test, 200);
}

TEST(Units, LargeOnesTrainAndFewStillGiveATest) {
  Units large, few;
  for (int i = 0; i < 100; ++i) {
    large.weigh("one");
    large.weigh(fmt::format("small {}", i % 50));
    few.weigh(i % 10 == 0 ? "a tenth" : "the rest");
  }

  large.cut();
  few.cut();

  EXPECT_FALSE(large.is_test("one"));
  EXPECT_TRUE(few.is_test("a tenth"));
  EXPECT_FALSE(few.is_test("the rest"));
}

// Units of nine nodes and of one, as many of each: a fifth of the facts of both kinds.
TEST(Units, LargeUnitsAreNotPreferred) {
  Units units;
  for (int i = 0; i < 2000; ++i) {
    units.weigh(fmt::format("alone {}", i));
    for (int j = 0; j < 9; ++j) units.join(fmt::format("unit {}", i), fmt::format("{} {}", i, j));
    units.weigh(fmt::format("unit {}", i));
  }

  units.cut();

  int64_t alone = 0, joined = 0;
  for (int i = 0; i < 2000; ++i) {
    alone += units.is_test(fmt::format("alone {}", i));
    joined += units.is_test(fmt::format("unit {}", i));
  }
  EXPECT_EQ(alone + joined, 800);
  EXPECT_NEAR(static_cast<double>(alone), 400, 80);  // 4.5 standard deviations
}

TEST(Units, SidesDoNotDependOnTheOrderOfJoins) {
  Units forward, backward;
  for (int i = 0; i < 300; ++i) {
    forward.join(fmt::format("n{}", i), fmt::format("n{}", i / 3 * 3));
    const int j = 299 - i;
    backward.join(fmt::format("n{}", j / 3 * 3), fmt::format("n{}", j));
  }
  for (int i = 0; i < 300; ++i) {
    forward.weigh(fmt::format("n{}", i));
    backward.weigh(fmt::format("n{}", i));
  }

  forward.cut();
  backward.cut();

  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(forward.is_test(fmt::format("n{}", i)), backward.is_test(fmt::format("n{}", i)));
  }
}

}  // namespace
}  // namespace dovetail
