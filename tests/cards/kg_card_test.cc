// SPDX-License-Identifier: Apache-2.0
// The user's mistakes in a data set card: each names FILE:LINE:COLUMN and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/data_folder.h"
#include "base/error.h"
#include "cards/card_fixture.h"
#include "cards/card_load.h"
#include "tasks/find_task.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kGood =
    "kind = \"kg-tsv\"\n"
    "name = \"mine\"\n"
    "train = \"train.tsv\"\n"
    "test_fraction = 0.5\n"
    "phrase = \"{source} is\"\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

void expect_refused(const std::string& card, const std::string& place, const std::string& part) {
  const ScratchFolder scratch;
  scratch.write("train.tsv", "a\tb\nc\td\n");
  const std::string file = scratch.write("card.toml", card);
  try {
    find_task(file);
    ADD_FAILURE() << "accepted:\n" << card;
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("card.toml:" + place + ": "), HasSubstr(part)));
  }
}

TEST(KgCard, RefusesMistakesWithTheirPlace) {
  expect_refused(kGood + "drop_tail = [\"x\"]\n", "6:1", "did you mean \"drop_tails\"");
  expect_refused(kGood + "columns = { haed = 1 }\n", "6:13", "did you mean \"columns.head\"");
  expect_refused(kGood + "columns.head = \"head\"\n", "6:16", "header = true");
  expect_refused(kGood + "columns.head = 0\n", "6:16", "counts from 1");
  expect_refused(kGood + "columns.head = 1.5\n", "6:16", "whole number or a text");
  expect_refused(kGood + "columns.relation = 2\n", "6:20", "relation = ");
  expect_refused(kGood + "header = \"yes\"\n", "6:10", "true or false");
  expect_refused(kGood + "drop_tails = \"none\"\n", "6:14", "list of texts");
  expect_refused(kGood + "bad_rows = \"skp\"\n", "6:12", "did you mean \"skip\"");
  expect_refused(kGood + "task_kind = \"lexial\"\n", "6:13", "did you mean \"lexical\"");
  expect_refused(kGood + "test = \"test.tsv\"\n", "6:8", "there is no file");
  expect_refused(kGood + "test = \"train.tsv\"\n", "4:17", "not both");
  expect_refused(kGood + "verbalizer = \"atomic2020\"\n", "6:14", "give a phrase, or a verbalizer");
  expect_refused(replaced(kGood, "train.tsv", "tain.tsv"), "3:9", "tain.tsv");
  expect_refused(replaced(kGood, "0.5", "1.5"), "4:17", "between 0 and 1");
  expect_refused(replaced(kGood, "test_fraction = 0.5", ""), "1:1", "test_fraction");
  expect_refused(replaced(kGood, "{source}", "{head}"), "5:10", "{source} at most once");
  expect_refused(replaced(kGood, "\"mine\"", "\"my task\""), "2:8", "letters, digits");
  expect_refused(replaced(kGood, "kg-tsv", "kg-tvs"), "1:8", "did you mean \"kg-tsv\"");
  expect_refused(replaced(kGood, "name = \"mine\"", ""), "1:1", "\"name\", which is missing");
  expect_refused(replaced(kGood, "= 0.5", "0.5"), "4:15", "no valid TOML");
  expect_refused(replaced(kGood, "phrase = \"{source} is\"",
                          "relation = \"xNeeds\"\nverbalizer = \"atomic2020\""),
                 "6:14", "did you mean \"xNeed\"");
}

// A relation may occur in the dev file only. Its validation examples still need a phrase.
TEST(KgCard, KnowsARelationThatOnlyTheDevFileHas) {
  const ScratchFolder scratch;
  scratch.write("dev.txt", "sleep\txWant\tto dream\n");
  const LoadedCard loaded = load(scratch,
                                 "kind = \"kg-tsv\"\nrelation = \"*\"\nverbalizer = "
                                 "\"atomic2020\"\ndev = \"dev.txt\"\nvalidation = \"dev\"\n",
                                 {"go\txNeed\tto drive\n", "eat\txNeed\tto cook\n"});

  ASSERT_EQ(loaded.data.validation.size(), 1);
  EXPECT_TRUE(loaded.data.relations.contains("xWant"));
}

TEST(KgCard, TakesAFileWithoutRelations) {
  const ScratchFolder scratch;
  scratch.write("train.tsv", "a\tb\nc\td\n");

  const TaskData data = find_task(scratch.write("card.toml", kGood)).load();

  EXPECT_EQ(data.train.size() + data.test.size(), 2);
  EXPECT_EQ(data.prefix, "");
}

TEST(KgCard, MissingCardsAndTasksAreNamed) {
  EXPECT_THROW(find_task("no/such/card.toml"), ConfigError);
  try {
    find_task("wordnet/antonim");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"wordnet/antonym\""));
  }
}

// The committed card is an example whose data the user has: all but the files must be right.
TEST(KgCard, TheExampleIsRightButForItsFiles) {
  try {
    find_task("atomic2020.toml");
    FAIL() << "the data set must not be in the repository";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("train: there is no file"));
  }
  const ScratchFolder scratch;
  std::filesystem::copy(data_folder() / "cards/atomic2020.toml", scratch.path());
  scratch.write("train.tsv", "PersonX goes to the mall\txNeed\tto drive there\n");
  scratch.write("test.tsv", "PersonX eats\txNeed\tnone\nPersonX eats\txNeed\tto cook\n");

  const TaskData data = find_task((scratch.path() / "atomic2020.toml").string() + "#xNeed").load();

  EXPECT_EQ(data.train.at(0).source, "PersonX goes to the mall");
  EXPECT_EQ(data.test.at(0).references, std::vector<std::string>{"to cook"});
}

}  // namespace
}  // namespace dovetail
