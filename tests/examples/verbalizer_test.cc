// SPDX-License-Identifier: Apache-2.0
#include "examples/verbalizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/data_folder.h"
#include "base/error.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

TEST(Verbalizers, AllCommittedOnesLoad) {
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data_folder() / "verbalizers")) {
    const Verbalizer words = load_verbalizer(entry.path().stem());
    EXPECT_EQ(words.name, entry.path().stem());
    EXPECT_FALSE(words.phrases.empty() && words.clozes.empty()) << words.name;
    EXPECT_FALSE(words.source.empty()) << words.name;
    ++seen;
  }
  EXPECT_GE(seen, 3);
  EXPECT_EQ(load_verbalizer("atomic2020").phrases.size(), 23);
  EXPECT_EQ(load_verbalizer("atomic2020_short").phrases.size(), 23);
  for (const auto& [relation, phrase] : load_verbalizer("atomic2020").phrases) {
    EXPECT_TRUE(load_verbalizer("atomic2020_maskability").phrases.contains(relation)) << relation;
  }
}

void expect_refused(const std::string& toml, const std::string& part) {
  const ScratchFolder scratch;
  scratch.write("words.toml", toml);
  try {
    load_verbalizer("words.toml", scratch.path());
    ADD_FAILURE() << "accepted " << toml;
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(Verbalizers, NameThePlaceOfAMistake) {
  expect_refused("name = \"w\"\nversion = 1\n[phrases]\na = \"{head} is\"\n", "words.toml:4:5: ");
  expect_refused("name = \"w\"\nversion = 1\n[phrases]\na = \"{source} {source}\"\n",
                 "at most once");
  expect_refused("name = \"w\"\nverson = 1\n",
                 "words.toml:2:1: unknown key \"verson\": did you mean");
  expect_refused("name = \"w\"\nversion = 1.5\n",
                 "words.toml:2:11: version must be a whole number");
  expect_refused("name = \"w\"\nversion = 1\n[phrases]\na = 3\n",
                 "words.toml:4:5: a must be a text");
  expect_refused("name = \n", "words.toml:1:");
  expect_refused("name = \"w\"\nversion = 1\nlayout = \"questoin\"\n",
                 "words.toml:3:10: unknown layout");
  expect_refused("name = \"w\"\nversion = 1\n[label_class]\nok = \"fine\"\n", "[fillers] lacks");
}

TEST(Verbalizers, NameTheNearestRelationAndFile) {
  try {
    load_verbalizer("atomic2020").phrase("xNeeds");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"xNeed\""));
  }
  try {
    load_verbalizer("atomic2002");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"atomic2020\""));
  }
}

TEST(DataFolder, FollowsTheEnvironment) {
  const ScratchFolder scratch;
  const std::string ours = data_folder();

  setenv("DOVETAIL_DATA", scratch.path().c_str(), 1);
  EXPECT_EQ(data_folder(), scratch.path());
  setenv("DOVETAIL_DATA", "/no/such/folder", 1);
  EXPECT_THROW(data_folder(), ConfigError);
  unsetenv("DOVETAIL_DATA");

  EXPECT_EQ(data_folder(), ours);
  EXPECT_EQ(ours, DOVETAIL_SOURCE_DIR "/data");
}

}  // namespace
}  // namespace dovetail
