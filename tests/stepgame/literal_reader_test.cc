// SPDX-License-Identifier: Apache-2.0
#include "stepgame/literal_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

struct Case {
  const char* sentence;
  char agent, from;
  Offset offset;
};

// By hand, as a reader of English understands them.
TEST(LiteralReader, ReadsWordsForDirections) {
  const std::vector<Case> cases = {
      {"A is above B.", 'A', 'B', {0, 1}},
      {"A is over there with B below.", 'B', 'A', {0, -1}},
      {"P is at Q's 3 o'clock.", 'P', 'Q', {1, 0}},
      {"P is at Q’s 9 o'clock.", 'P', 'Q', {-1, 0}},
      {"If E is the center of a clock face, H is located between 10 and 11.", 'H', 'E', {-1, 1}},
      {"K is sitting at the 6:00 position to M.", 'K', 'M', {0, -1}},
      {"D is at a 45 degree angle to C, in the lower lefthand corner.", 'D', 'C', {-1, -1}},
      {"R and S are next to each other with S at the bottom R on the top.", 'S', 'R', {0, -1}},
      {"The object C and D are there. The object D is above and slightly to the right of C.",
       'D',
       'C',
       {1, 1}},
      {"B is bordered on the left by A.", 'A', 'B', {-1, 0}},
      {"X is directly south east of Y.", 'X', 'Y', {1, -1}},
      {"X lies northwest of Y.", 'X', 'Y', {-1, 1}}};
  for (const Case& one : cases) {
    const auto said = read_literally(one.sentence);
    ASSERT_TRUE(said) << one.sentence;
    EXPECT_EQ(*said, (Statement{one.agent, one.from, one.offset})) << one.sentence;
  }
}

TEST(LiteralReader, RelatesOneAgentToNothing) {
  EXPECT_FALSE(read_literally("L is left and above L."));
}

TEST(LiteralReader, RefusesWhatHasNoDirection) {
  EXPECT_THROW(read_literally("A is near B."), DataError);
  EXPECT_THROW(read_literally("A is left of B and C."), DataError);
}

}  // namespace
}  // namespace dovetail
