// SPDX-License-Identifier: Apache-2.0
// Baselines that look at no question, on tests of two, four and five choices.
#include "jobs/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/evaluate.h"
#include "jobs/guesses.h"
#include "jobs/nearest_example.h"

namespace dovetail {
namespace {

using testing::ElementsAre;

// A question with these choices, of which one is right.
Example question(std::vector<std::string> choices, int64_t answer) {
  const std::string right = choices[answer];
  return {.source = "?", .references = {right}, .choices = std::move(choices), .answer = answer};
}

TaskData quiz(std::vector<Example> train, std::vector<Example> test) {
  TaskData task;
  task.name = task.prefix = "quiz";
  task.kind = "choice";
  task.layout = Layout::question;
  task.train = std::move(train);
  task.test = std::move(test);
  return task;
}

Subset all_of(const TaskData& task) {
  Subset subset;
  for (int64_t i = 0; i < std::ssize(task.train); ++i) subset.examples.push_back(i);
  return subset;
}

// One right choice of n: 1 / n, whichever is right, and by likelihood as by text.
TEST(Chance, IsOneOfTheChoices) {
  const TaskData task = quiz({}, {question({"a", "b"}, 1), question({"a", "b", "c", "d"}, 0),
                                  question({"a", "b", "c", "d", "e"}, 4)});
  Record record;
  score_chance(task, {0, 1, 2}, {"exact_match", "accuracy_likelihood_normalized", "accuracy_pmi"},
               record);
  for (const auto& [name, scores] : record.per_example)
    EXPECT_THAT(scores, ElementsAre(0.5F, 0.25F, 0.2F)) << name;
  EXPECT_EQ(record.per_example.size(), 3u);
  EXPECT_NEAR(record.metrics.at("exact_match"), 0.95 / 3, 1e-12);
  EXPECT_TRUE(record.predictions.empty());
}

// Of three labels, whatever the test set has of each; macro F1 is no mean over examples.
TEST(Chance, PicksALabelOfAClassification) {
  TaskData task = quiz({}, {{.source = "x", .references = {"good"}, .answer = 0},
                            {.source = "y", .references = {"good"}, .answer = 0}});
  task.layout = Layout::classification;
  task.labels = {"good", "bad", "neither"};
  Record record;
  score_chance(task, {0, 1}, {"exact_match", "macro_f1"}, record);
  EXPECT_THAT(record.per_example.at("exact_match"), ElementsAre(1 / 3.0F, 1 / 3.0F));
  EXPECT_FALSE(record.metrics.contains("macro_f1"));
}

// The right choice stands twice in the second place; an example of one choice has no second place.
TEST(MostFrequentPosition, IsThatOfTheTrainingExamples) {
  const TaskData task = quiz(
      {question({"a", "b", "c"}, 1), question({"a", "b", "c"}, 2), question({"a", "b", "c"}, 1)},
      {question({"p", "q", "r"}, 0), question({"only"}, 0)});
  EXPECT_THAT(most_frequent_positions(task, all_of(task), {0, 1}), ElementsAre("q", "only"));
}

// Of d = 1 "left" is the most frequent, of d = 2 "right"; no example has d = 3, and "left" is the
// most frequent of all.
TEST(MostFrequentInStratum, CountsExamplesThatAgree) {
  const auto labelled = [](const char* answer, const char* d) {
    return Example{.source = "?", .references = {answer}, .strata = {d, "any"}};
  };
  TaskData task = quiz({labelled("left", "1"), labelled("left", "1"), labelled("right", "1"),
                        labelled("right", "2")},
                       {labelled("", "1"), labelled("", "2"), labelled("", "3")});
  task.strata = {"d", "other"};
  EXPECT_THAT(most_frequent_in_stratum(task, all_of(task), {2, 1, 0}),
              ElementsAre("left", "right", "left"));
}

TEST(AnswersByRule, FallBackWhereTheRuleDoesNotApply) {
  TaskData task = quiz({}, {question({"a", "b"}, 0), question({"c"}, 0)});
  task.rules["last"] = [](const Example& example) -> std::optional<std::string> {
    if (example.choices.size() < 2) return std::nullopt;
    return example.choices.back();
  };
  EXPECT_THAT(answers_by_rule(task, "last", "none", {1, 0}), ElementsAre("none", "b"));
}

// Letters, not bytes: "éé" has two, "abc" three.
TEST(LongestChoice, CountsLetters) {
  const TaskData task = quiz({}, {question({"éé", "abc", "xyz"}, 0)});
  EXPECT_THAT(longest_choices(task, {0}), ElementsAre("abc"));
}

// "the" is in every example and has no weight; "red" is in two of three, "car" in one. The test
// example shares "red" and "car" with the second, "red" alone with the first.
TEST(NearestExample, WeighsWordsByTheirRarity) {
  TaskData task;
  task.train = {{.source = "the red house", .references = {"first"}},
                {.source = "The RED car!", .references = {"second", "other"}},
                {.source = "the tree", .references = {"third"}}};
  task.test = {{.source = "a red car", .references = {"?"}},
               {.source = "one tree", .references = {"?"}},
               {.source = "the", .references = {"?"}}};
  EXPECT_THAT(nearest_answers(task, all_of(task), {0, 1, 2}),
              ElementsAre("second", "third", "first"));
}

// A baseline that picks choices has its accuracies by likelihood; one that copies has none.
TEST(ScorePredictions, AChosenChoiceIsTheLikeliest) {
  const TaskData task = quiz({}, {question({"a", "b"}, 1), question({"c", "d"}, 0)});
  Record picked, copied;
  const std::vector<std::string> metrics = {"exact_match", "accuracy_likelihood"};
  score_predictions(task, {0, 1}, {"b", "d"}, metrics, picked);
  score_predictions(task, {0, 1}, {"?", "?"}, metrics, copied);
  EXPECT_THAT(picked.per_example.at("accuracy_likelihood"), ElementsAre(1, 0));
  EXPECT_THAT(picked.per_example.at("exact_match"), ElementsAre(1, 0));
  EXPECT_FALSE(copied.per_example.contains("accuracy_likelihood"));
}

}  // namespace
}  // namespace dovetail
