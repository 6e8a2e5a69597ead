// SPDX-License-Identifier: Apache-2.0
#include "tasks/stepgame_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dovetail {
namespace {

using testing::UnorderedElementsAre;

const TaskData& far() {
  static const TaskData data = stepgame_tasks().at(1).load();
  return data;
}

std::set<std::string> values(const std::vector<Example>& examples, size_t column) {
  std::set<std::string> found;
  for (const Example& example : examples) found.insert(example.strata.at(column));
  return found;
}

TEST(StepGameTasks, HoldOutLengthDistanceNoiseAndTemplates) {
  EXPECT_THAT(far().strata, testing::ElementsAre("d", "k", "noise", "templates", "variant"));
  EXPECT_THAT(values(far().train, 0), UnorderedElementsAre("1", "2", "3"));
  EXPECT_THAT(values(far().test, 0), UnorderedElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(values(far().test, 1), UnorderedElementsAre("3", "4", "5", "6", "7", "8"));
  EXPECT_THAT(values(far().train, 2), UnorderedElementsAre("none"));
  EXPECT_THAT(values(far().test, 2), UnorderedElementsAre("none", "irrelevant+disconnected",
                                                          "irrelevant+disconnected+supporting"));
  EXPECT_THAT(values(far().train, 3), UnorderedElementsAre("train"));
  EXPECT_THAT(values(far().test, 3), UnorderedElementsAre("train", "held_out"));
}

TEST(StepGameTasks, ShareNoStoryBetweenTheirSides) {
  for (const Task& task : stepgame_tasks()) {
    const TaskData data = task.load();
    std::set<std::string> train;
    for (const Example& example : data.train) train.insert(example.source);
    for (const Example& example : data.test) EXPECT_FALSE(train.contains(example.source));
    EXPECT_GT(data.test.size(), 2000);
    EXPECT_EQ(train.size(), data.train.size());
  }
}

// One who reads the sentence about both agents is right where there is one, and never wrong.
TEST(StepGameTasks, HaveRulesThatComposeNothing) {
  int64_t answered = 0;
  for (const Example& example : far().test) {
    const auto answer = far().rules.at("one_sentence")(example);
    EXPECT_EQ(answer.has_value(), example.strata[0] == "1") << example.source;
    EXPECT_EQ(answer.value_or(example.references[0]), example.references[0]) << example.source;
    answered += answer.has_value();
    EXPECT_TRUE(far().rules.at("entity_overlap")(example).has_value());
  }
  EXPECT_GT(answered, 300);
}

}  // namespace
}  // namespace dovetail
