// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

std::string repaired(std::string_view text, std::string_view replacement = "?") {
  std::string result;
  repair_utf8(text, replacement, result);
  return result;
}

// Unicode 15, sec. 3.9, tables 3-8 to 3-11: one replacement a maximal subpart.
TEST(Utf8, ReplacesMaximalSubpartsAsTheStandardShows) {
  EXPECT_EQ(repaired("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), "????????A");  // non-shortest forms
  EXPECT_EQ(repaired("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), "????????A");  // surrogates
  EXPECT_EQ(repaired("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), "?????A??B");  // ill-formed
  EXPECT_EQ(repaired("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), "????A");      // truncated
}

TEST(Utf8, KeepsGoodTextAndSaysSo) {
  std::string result;

  EXPECT_FALSE(repair_utf8("na\u00efve \u65e5 \U0001F44D", "?", result));

  EXPECT_EQ(result, "na\u00efve \u65e5 \U0001F44D");
  EXPECT_TRUE(repair_utf8("a\xFF", "?", result));
}

TEST(Utf8, DecodesCodePoints) {
  EXPECT_EQ(first_character("\U0001F44Dx").code_point, 0x1F44Du);
  EXPECT_EQ(first_character("\u3000").code_point, 0x3000u);
  EXPECT_EQ(first_character("\u00e9").length, 2);
}

TEST(Utf8, WhiteSpaceIsPythons) {
  EXPECT_TRUE(is_whitespace(0x3000));
  EXPECT_TRUE(is_whitespace(0x1C));
  EXPECT_FALSE(is_whitespace(0x200B));
  EXPECT_FALSE(is_whitespace('a'));
}

}  // namespace
}  // namespace dovetail
