// SPDX-License-Identifier: Apache-2.0
#include "base/names.h"

#include <gmock/gmock.h>

namespace dovetail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kObjectives{"none", "span_corruption", "prefix_lm",
                                           "suffix_denoising"};

TEST(NearestName, FindsAMisspeltOne) {
  EXPECT_EQ(nearest_name("span_coruption", kObjectives), "span_corruption");
  EXPECT_EQ(nearest_name("prefixlm", kObjectives), "prefix_lm");
  EXPECT_EQ(nearest_name("nnoe", kObjectives), "none");  // two substitutions
}

TEST(NearestName, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("electra", kObjectives), "");
  EXPECT_EQ(nearest_name("prefix_lm", {}), "");
}

TEST(DidYouMean, ListsTheKnownNames) {
  EXPECT_THAT(did_you_mean("span_coruption", kObjectives),
              HasSubstr("did you mean \"span_corruption\"?"));
  EXPECT_THAT(did_you_mean("electra", kObjectives), Not(HasSubstr("did you mean")));
  EXPECT_THAT(did_you_mean("electra", kObjectives),
              HasSubstr("none, span_corruption, prefix_lm, suffix_denoising"));
}

TEST(Glob, MatchesWholeNames) {
  const char* name = "quickstart/prefix_lm/wordnet.antonym/mapping/full/examples16/seed1";

  EXPECT_TRUE(glob_matches("*", name));
  EXPECT_TRUE(glob_matches(name, name));
  EXPECT_TRUE(glob_matches("*/wordnet.antonym/*/seed?", name));
  EXPECT_TRUE(glob_matches("quickstart/*1", name));
  EXPECT_FALSE(glob_matches("prefix_lm", name));
  EXPECT_FALSE(glob_matches("*/seed", name));
  EXPECT_FALSE(glob_matches("", name));
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_TRUE(glob_matches("**", ""));
  EXPECT_FALSE(glob_matches("?", ""));
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,b,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split("a,", ','), ElementsAre("a", ""));
}

TEST(Join, IsTheInverseOfSplit) {
  EXPECT_EQ(join(split("a/b//c", '/'), "/"), "a/b//c");
  EXPECT_EQ(join(std::vector<std::string>{}, ", "), "");
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(trim(" \t two words\r\n"), "two words");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

}  // namespace
}  // namespace dovetail
