// SPDX-License-Identifier: Apache-2.0
#include "examples/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

TaskData films(int count) {
  TaskData task{.name = "films", .kind = "classification"};
  task.layout = Layout::classification;
  task.labels = {"bad", "good"};
  for (int i = 0; i < count; ++i) {
    task.train.push_back({.source = "film " + std::to_string(i),
                          .references = {task.labels[i % 2]},
                          .answer = i % 2});
  }
  return task;
}

std::set<std::string> texts(const Pool& pool) {
  std::set<std::string> found;
  for (const Example& example : pool.examples) found.insert(example.source);
  return found;
}

TEST(Pool, OfTrainIsWithoutLabelledAndValidationExamples) {
  const TaskData task = films(8);
  const Subset labelled{.examples = {0, 3}, .validation = {5}};

  const Pool pool = rest_of_train(task, labelled);

  EXPECT_EQ(texts(pool), (std::set<std::string>{"film 1", "film 2", "film 4", "film 6", "film 7"}));
  EXPECT_EQ(pool.answers, (std::vector<int64_t>{1, 0, 0, 0, 1}));
}

TEST(Pool, KeepsValidationExamplesThatAreNotOfTrain) {
  const Subset labelled{.examples = {0}, .validation = {1}, .own_validation = true};

  EXPECT_EQ(rest_of_train(films(4), labelled).examples.size(), 3u);
}

TEST(Pool, MayBeTheLabelledExamplesThemselves) {
  const Pool pool = labelled_as_pool(films(8), {.examples = {0, 3}, .validation = {5}});

  EXPECT_EQ(texts(pool), (std::set<std::string>{"film 0", "film 3"}));
  EXPECT_EQ(pool.answers, (std::vector<int64_t>{0, 1}));
}

TEST(Pool, ShowsNoLabel) {
  for (const Example& example : rest_of_train(films(8), {}).examples) {
    EXPECT_TRUE(example.references.empty());
    EXPECT_EQ(example.answer, -1);
  }
}

TEST(Pool, FewerExamplesAreAPrefixOfMore) {
  const TaskData task = films(50);
  const Pool all = choose_pool(task, rest_of_train(task, {}), 0);
  const Pool some = choose_pool(task, rest_of_train(task, {}), 7);

  EXPECT_EQ(texts(all).size(), 50u);
  ASSERT_EQ(some.examples.size(), 7u);
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(some.examples[i].source, all.examples[i].source);
    EXPECT_EQ(some.answers[i], std::stoi(some.examples[i].source.substr(5)) % 2) << "its own label";
  }
}

TEST(Pool, RefusesMoreExamplesThanThereAre) {
  const TaskData task = films(5);
  try {
    choose_pool(task, rest_of_train(task, {}), 6);
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("films has 5 unlabelled examples, too few for 6"));
  }
}

}  // namespace
}  // namespace dovetail
