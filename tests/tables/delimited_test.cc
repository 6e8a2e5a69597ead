// SPDX-License-Identifier: Apache-2.0
#include "tables/delimited.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

using testing::ElementsAre;

// RFC 4180, section 2, rules 5 to 7.
TEST(QuotedRecord, ReadsQuotesAsCsvWritesThem) {
  const QuotedRecord record = quoted_record("\"a, b\",\"c \"\"d\"\"\",\"two\nlines\"\r\nnext", ",");

  EXPECT_THAT(record.cells, ElementsAre("a, b", "c \"d\"", "two\nlines"));
  EXPECT_EQ(record.lines, 2);
  EXPECT_EQ(record.length, 30);
}

TEST(QuotedRecord, TakesAQuoteThatNobodyClosesAsText) {
  const QuotedRecord record = quoted_record("\"a,b\nc,d\n", ",");

  EXPECT_THAT(record.cells, ElementsAre("\"a", "b"));
  EXPECT_EQ(record.length, 5);
}

// Two rows with a quote each that nobody closed: the one between them must not be swallowed.
TEST(QuotedRecord, AQuoteThatClosesInTheMidstOfATextIsText) {
  const QuotedRecord record = quoted_record("\"open 20,x\nplain,y\n\"open 30,x\n", ",");

  EXPECT_THAT(record.cells, ElementsAre("\"open 20", "x"));
  EXPECT_EQ(record.lines, 1);
  EXPECT_TRUE(record.stray_quote);
  EXPECT_FALSE(quoted_record("\"a\" ,b\r\n", ",").stray_quote);  // blanks may follow
  EXPECT_THAT(quoted_record("\"a\" ,b\r\n", ",").cells, ElementsAre("a", "b"));
}

TEST(QuotedRecord, TakesDelimitersOfSeveralLetters) {
  EXPECT_THAT(quoted_record("a||\"b||c\"||d", "||").cells, ElementsAre("a", "b||c", "d"));
  EXPECT_THAT(cut_cells("a||\"b||c\"", "||"), ElementsAre("a", "\"b", "c\""));
}

}  // namespace
}  // namespace dovetail
