// SPDX-License-Identifier: Apache-2.0
#include "base/toml_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

// "a.a.a" of so many parts.
std::string key(int parts) {
  std::string text = "a";
  while (--parts > 0) text += ".a";
  return text;
}

void check(const std::string& text) { check_toml_text(text, "f.toml"); }

TEST(CheckTomlText, CountsThePartsOfAKey) {
  EXPECT_NO_THROW(check(key(32) + " = 1\n"));
  EXPECT_THROW(check(key(33) + " = 1\n"), ConfigError);
  EXPECT_THROW(check("[" + key(33) + "]\n"), ConfigError);
  EXPECT_THROW(check("x = { " + key(33) + " = 1 }\n"), ConfigError);
  std::string quoted = "\"!\"";
  for (int i = 1; i < 33; ++i) quoted += " . '='";
  EXPECT_THROW(check(quoted + " = 1\n"), ConfigError);
  EXPECT_THROW(check("x = { a = \"\"\"y\"\"\"\", " + key(33) + " = 1 }\n"), ConfigError)
      << "behind a text that ends with a quote of its own";
}

TEST(CheckTomlText, LeavesOtherDotsAlone) {
  EXPECT_NO_THROW(check("# " + key(99) + "\nx = \"" + key(99) + " \\\" " + key(99) + "\"\n"));
  EXPECT_NO_THROW(check("x = '''\n" + key(99) + "\n'''\ny = [" + [] {
    std::string numbers;
    for (int i = 0; i < 99; ++i) numbers += "0.5, ";
    return numbers;
  }() + "]\n"));
}

TEST(CheckTomlText, WantsQuotesAroundLettersOutsideAscii) {
  EXPECT_NO_THROW(check("\xef\xbb\xbfx = \"\u01bd\" # \u01bd\n'\u01bd' = 1\n"));
  EXPECT_THROW(check("x \u01bd 1\n"), ConfigError);
  EXPECT_THROW(check("x = \"\"\u00a0\n"), ConfigError);
  for (const char* wrong : {"x = 1'\u01bd'", "x = [1.'\u01bd']", "x = {a = 1, b = t.'\u01bd'}",
                            "x = [1,\n.'\u01bd']", "a'\u01bd' = 1", "x = 'a''\u01bd'"})
    EXPECT_THROW(check(wrong), ConfigError) << wrong;
  for (const char* right :
       {"1.'\u01bd' = 1", "[a.'\u01bd']", "x = {1.'\u01bd' = [1], b.'\u01bd' = 2}",
        "x = [1,'\u01bd', {a.'\u01bd' = 1}]\nb.'\u01bd' = 1\n[[a.'\u01bd']]"})
    EXPECT_NO_THROW(check(right)) << right;
}

TEST(CheckTomlText, LeavesHeadersAlone) {
  for (const char* right :
       {"[a]\n[[ 'b' ]]\n[\"c\"]", "x = [\n[.5,\n[\n=]]]\n[a]", "x = {a = [1]}\n[-]"})
    EXPECT_NO_THROW(check(right)) << right;
  for (const char* left_to_the_parser : {"[", "[]", "[[", "[ [a]"})
    EXPECT_NO_THROW(check(left_to_the_parser)) << left_to_the_parser;
}

TEST(CheckTomlText, NamesThePlace) {
  try {
    check("x = 1\n\n" + key(40) + " = 1\n");
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "f.toml:3: this is no valid TOML: a key of more than 32 parts");
  }
}

}  // namespace
}  // namespace dovetail
