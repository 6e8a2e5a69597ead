// SPDX-License-Identifier: Apache-2.0
// Mistakes of published code that must not be repeated here. A test has the number of its mistake
// in the list of them, and its comment explains the mistake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "cards/card_load.h"
#include "examples/subset.h"
#include "tasks/find_task.h"

namespace dovetail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

const std::string kCard =
    "kind = \"kg-tsv\"\nname = \"atomic\"\ntrain = \"train.tsv\"\ntest = \"test.tsv\"\n"
    "relation = \"*\"\nverbalizer = \"atomic2020\"\n";

std::string rows(int heads, const std::string& relation, const std::string& begin) {
  std::string text;
  for (int i = 0; i < heads; ++i) {
    text += begin + std::to_string(i) + "\t" + relation + "\tto rest\n";
  }
  return text;
}

std::set<std::string> chosen_heads(const TaskData& data, uint64_t seed) {
  std::set<std::string> heads;
  const Subset subset = choose_subset(data, {.examples = 30, .references = 3, .seed = seed});
  for (const int64_t index : subset.examples) heads.insert(data.train[index].source);
  return heads;
}

// There the rows were sorted by how connected a head is and the first were taken, whatever the
// data seed.
TEST(Trap13, TheSeedChoosesTheHeadsOfAKnowledgeGraph) {
  const ScratchFolder scratch;
  scratch.write("train.tsv", rows(500, "xNeed", "head "));
  scratch.write("test.tsv", rows(120, "xNeed", "test "));
  const TaskData data = find_task(scratch.write("card.toml", kCard) + "#xNeed").load();

  const std::set<std::string> first = chosen_heads(data, 123), second = chosen_heads(data, 45);

  EXPECT_EQ(first.size(), 30);
  EXPECT_EQ(first, chosen_heads(data, 123));
  std::set<std::string> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::inserter(both, both.end()));
  // 30 of 500 twice: 1.8 in both are to be expected, and 10 hardly ever
  EXPECT_LT(both.size(), 10);
}

// There the test of a relation with fewer than 300 rows became the last 300 rows of train, which
// were trained on too.
TEST(Trap14, ARelationWithFewTestRowsKeepsThemAndSaysSo) {
  const ScratchFolder scratch;
  scratch.write("train.tsv", rows(500, "xNeed", "head ") + rows(500, "Desires", "head "));
  scratch.write("test.tsv", rows(400, "xNeed", "test ") + rows(7, "Desires", "test "));
  const std::string card = scratch.write("card.toml", kCard);

  const LoadedCard few = load_card(read_card(card + "#Desires"));

  EXPECT_EQ(few.data.test.size(), 7);
  EXPECT_EQ(few.data.train.size(), 500);
  for (const Example& example : few.data.test) EXPECT_EQ(example.source.substr(0, 5), "test ");
  EXPECT_THAT(few.report.notes, Contains(HasSubstr("the test has only 7 examples")));
  EXPECT_THAT(load_card(read_card(card + "#xNeed")).report.notes, ElementsAre());
}

// There "all" was cut to 5,000 rows without a word.
TEST(Trap16, AllMeansAll) {
  const ScratchFolder scratch;
  scratch.write("train.tsv", rows(6001, "xNeed", "head "));
  scratch.write("test.tsv", rows(5500, "xNeed", "test "));
  const TaskData data = find_task(scratch.write("card.toml", kCard) + "#xNeed").load();

  EXPECT_EQ(data.train.size(), 6001);
  EXPECT_EQ(choose_subset(data, {.seed = 1}).examples.size(), 6001);
  EXPECT_EQ(choose_test(data, 0).size(), 5500);
  EXPECT_EQ(choose_test(data, 9000).size(), 5500);
  EXPECT_THROW(choose_subset(data, {.examples = 6002, .seed = 1}), ConfigError);
}

// There the tasks of a process shared their labels, relation maps and sizes.
TEST(Trap8, TasksOfOneProcessShareNoState) {
  const ScratchFolder scratch;
  scratch.write("train.tsv", rows(20, "xNeed", "head ") + rows(30, "xWant", "head "));
  scratch.write("test.tsv", rows(5, "xNeed", "test ") + rows(6, "xWant", "test "));
  scratch.write("a.jsonl", "{\"t\": \"x\", \"l\": \"0\"}\n{\"t\": \"y\", \"l\": \"1\"}\n");
  const std::string labelled =
      "kind = \"jsonl\"\nname = \"labels\"\ntrain = \"a.jsonl\"\ntest_fraction = 0.5\n"
      "keys = { source = \"t\", label = \"l\" }\n";
  const Task need = find_task(scratch.write("card.toml", kCard) + "#xNeed");
  const Task plain = find_task(scratch.write("plain.toml", labelled));
  const TaskData before = need.load();
  const std::string fingerprint = need.fingerprint();

  const Task want = find_task((scratch.path() / "card.toml").string() + "#xWant");
  const Task words =
      find_task(scratch.write("words.toml", labelled + "labels = { 0 = \"bad\", 1 = \"good\" }\n"));
  want.load();
  choose_subset(want.load(), {.examples = 2, .references = 1, .seed = 9});

  EXPECT_THAT(words.load().labels, ElementsAre("bad", "good"));
  EXPECT_THAT(plain.load().labels, ElementsAre("0", "1"));
  const TaskData after = need.load();
  EXPECT_EQ(need.fingerprint(), fingerprint);
  EXPECT_EQ(after.prefix, "xNeed");
  EXPECT_EQ(after.phrase, before.phrase);
  ASSERT_EQ(after.train.size(), before.train.size());
  for (size_t i = 0; i < after.train.size(); ++i) {
    EXPECT_EQ(after.train[i].source, before.train[i].source);
    EXPECT_EQ(after.train[i].references, before.train[i].references);
  }
}

// There the last head before another relation's first row was filed under that relation.
TEST(Trap9, HeadsAtABoundaryStayWithTheirRelation) {
  const ScratchFolder scratch;
  scratch.write("train.tsv",
                "go\txNeed\tto drive\n"
                "eat\txNeed\tto cook\n"
                "eat\txWant\tto rest\n"
                "go\txWant\tto stay\n"
                "go\txNeed\tto walk\n"
                "run\txAttr\tfast\n");
  scratch.write("test.tsv", "sleep\txNeed\ta bed\nsleep\txWant\tto dream\n");

  const TaskData data = find_task(scratch.write("card.toml", kCard)).load();

  std::set<std::pair<std::string, std::vector<std::string>>> found;
  for (const Example& example : data.train) found.emplace(example.source, example.references);
  using Pair = std::pair<std::string, std::vector<std::string>>;
  EXPECT_THAT(found,
              UnorderedElementsAre(Pair("xNeed: go", {"to drive", "to walk"}),
                                   Pair("xNeed: eat", {"to cook"}), Pair("xWant: eat", {"to rest"}),
                                   Pair("xWant: go", {"to stay"}), Pair("xAttr: run", {"fast"})));
  EXPECT_EQ(data.relations.size(), 3);
}

}  // namespace
}  // namespace dovetail
