// SPDX-License-Identifier: Apache-2.0
#include "tasks/adaptation_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/data_folder.h"
#include "base/error.h"
#include "cards/test_data.h"
#include "tasks/find_task.h"
#include "templates/render.h"
#include "templates/template.h"

namespace dovetail {
namespace {

TaskData triples() {
  return {.name = "kg",
          .train = {{"AtLocation: bread", {"bakery", "pantry"}},
                    {"xNeed: PersonX goes  to the mall", {"to drive there"}},
                    {"oWant: PersonX sings", {"to clap"}}},
          .test = {{"AtLocation: ruler", {"desk"}}, {"isFilledBy: PersonX eats ___", {"an apple"}}},
          .relations = {{"AtLocation", {}}, {"xNeed", {}}, {"oWant", {}}, {"isFilledBy", {}}}};
}

std::string printed(const TaskData& task, const Example& example) {
  const Rendered row =
      render(make_template("masked_mapping"), task, example, example.references[0]);
  return row.source_text() + " -> " + row.target;
}

std::vector<std::string> printed(const TaskData& task, const std::vector<Example>& side) {
  std::vector<std::string> rows;
  for (const Example& example : side) rows.push_back(printed(task, example));
  return rows;
}

// The form of MTO's code, executed: "splitter: bread is located at bakery <extra_id_0>".
TEST(SplitterTask, PrintsSentencesAsPublished) {
  const TaskData task =
      splitter_task(triples(), load_relation_groups(), load_verbalizer("atomic2020_sentences"));

  EXPECT_THAT(printed(task, task.train),
              testing::UnorderedElementsAre(
                  "splitter: bread is located at bakery <extra_id_0> -> <extra_id_0> bakery",
                  "splitter: bread is located at pantry <extra_id_0> -> <extra_id_0> pantry",
                  "splitter: PersonX goes to the mall before that PersonX requires to drive there "
                  "<extra_id_0> -> <extra_id_0> to drive there"));
  EXPECT_THAT(printed(task, task.test),
              testing::UnorderedElementsAre(
                  "splitter: ruler is located at desk <extra_id_0> -> <extra_id_0> desk",
                  "splitter: PersonX eats ___ is filled by an apple <extra_id_0> -> <extra_id_0> "
                  "an apple"));
  EXPECT_EQ(task.train[0].fields.at("relation"), "AtLocation");
}

// "task-clf: head: bread  tail: bakery <extra_id_0>" -> "<extra_id_0> Filling"; render() makes one
// space of two, as SentencePiece would.
TEST(ClassifierTask, PrintsTriplesAsPublished) {
  const TaskData task = classifier_task(triples(), load_relation_groups());

  EXPECT_THAT(printed(task, task.train),
              testing::UnorderedElementsAre(
                  "task-clf: head: bread tail: bakery <extra_id_0> -> <extra_id_0> Filling",
                  "task-clf: head: bread tail: pantry <extra_id_0> -> <extra_id_0> Filling",
                  "task-clf: head: PersonX goes to the mall tail: to drive there <extra_id_0> -> "
                  "<extra_id_0> Mapping",
                  "task-clf: head: PersonX sings tail: to clap <extra_id_0> -> <extra_id_0> "
                  "Mapping"));
  for (const Example& example : task.test) {
    EXPECT_EQ(example.fields.at("unseen"),
              example.fields.at("relation") == "isFilledBy" ? "yes" : "no");
    EXPECT_EQ(choices_of(task, example).at(example.answer), example.references[0]);
  }
}

TEST(AdaptationTasks, DrawSoManyOfEachRelation) {
  TaskData many = triples();
  for (int i = 0; i < 50; ++i)
    many.train.push_back({fmt::format("xNeed: event {}", i), {"x", "y"}});
  const RelationGroups groups = load_relation_groups();
  const auto sources = [&](uint64_t seed, int64_t rows) {
    std::set<std::string> found;
    const TaskData task = classifier_task(many, groups, rows, 100, seed);
    for (const Example& example : task.train) found.insert(example.source);
    return found;
  };
  const auto ten = sources(1, 10), twenty = sources(1, 20);
  EXPECT_EQ(ten.size(), 10 + 2 + 1);
  EXPECT_EQ(twenty.size(), 20 + 2 + 1);
  EXPECT_TRUE(std::includes(twenty.begin(), twenty.end(), ten.begin(), ten.end()));
  EXPECT_NE(ten, sources(2, 10));
}

TEST(AdaptationTasks, RefuseDataWithoutTheirRelations) {
  const RelationGroups groups = load_relation_groups();
  TaskData one{.name = "one", .train = {{"bread", {"bakery"}}}, .relation = "AtLocation"};
  EXPECT_THROW(classifier_task(one, groups), ConfigError);
  TaskData other{.name = "other",
                 .train = {{"Odd: a", {"b"}}},
                 .test = {{"Odd: c", {"d"}}},
                 .relations = {{"Odd", {}}}};
  EXPECT_THROW(classifier_task(other, groups), ConfigError);
  EXPECT_THROW(splitter_task(triples(), groups, load_verbalizer("wordnet")), ConfigError);
}

// Pouramini and Faili 2024, code: 17 relations trained on, 12 tested on, 6 of which are unseen; the
// splitter has 16; all 23 have a group.
TEST(RelationGroups, AreThePublishedLists) {
  const RelationGroups groups = load_relation_groups("mto");
  EXPECT_EQ(groups.groups.size(), 23);
  EXPECT_EQ(groups.classifier_train.size(), 17);
  EXPECT_EQ(groups.classifier_test.size(), 12);
  EXPECT_EQ(groups.splitter.size(), 16);
  const auto count = [&](const std::vector<std::string>& relations, const char* group) {
    return std::count_if(relations.begin(), relations.end(),
                         [&](const auto& relation) { return groups.group(relation) == group; });
  };
  EXPECT_EQ(count(groups.classifier_train, kFilling), 9);
  EXPECT_EQ(count(groups.classifier_test, kFilling), 7);
  std::set<std::string> unseen(groups.classifier_test.begin(), groups.classifier_test.end());
  for (const std::string& relation : groups.classifier_train) unseen.erase(relation);
  EXPECT_EQ(unseen, (std::set<std::string>{"NotDesires", "oReact", "isFilledBy", "xReason",
                                           "HinderedBy", "oEffect"}));
  EXPECT_THROW(groups.group("xNeeds"), ConfigError);
}

// The mini set of ATOMIC-2020 has 77 rows of Desires and 186 of Causes (counted with awk; some
// tails are "none"), and more than 500 of each other relation that the classifier trains on.
TEST(AdaptationTasks, AreMadeOfAtomic2020) {
  const ScratchFolder scratch;
  const std::filesystem::path data = test_data("kg-atomic2020-mini", scratch);
  if (data.empty()) GTEST_SKIP() << "ATOMIC-2020 is not here: set DOVETAIL_TEST_DATA";
  for (const char* name : {"train.tsv", "test.tsv"}) {
    std::filesystem::create_symlink(data / name, scratch.path() / name);
  }
  std::filesystem::copy_file(data_folder() / "cards/atomic2020.toml", scratch.path() / "card.toml");
  const TaskData all = find_task((scratch.path() / "card.toml").string()).load();

  const TaskData classifier = classifier_task(all, load_relation_groups());
  std::map<std::string, int> rows;
  for (const Example& example : classifier.train) ++rows[example.fields.at("relation")];
  EXPECT_EQ(rows.size(), 17);
  for (const auto& [relation, count] : rows) {
    const bool few = relation == "Desires" || relation == "Causes";
    EXPECT_TRUE(few ? count < 187 && count > 50 : count == 500) << relation << " " << count;
  }
  const TaskData splitter =
      splitter_task(all, load_relation_groups(), load_verbalizer("atomic2020_sentences"));
  EXPECT_GT(splitter.train.size(), 14 * 500);
  for (const Example& example : splitter.train) {
    EXPECT_TRUE(example.source.ends_with(example.references[0])) << example.source;
  }
}

}  // namespace
}  // namespace dovetail
