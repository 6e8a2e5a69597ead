// SPDX-License-Identifier: Apache-2.0
#include "planning/task_metrics.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

// An answer is right or wrong: overlap with the right one is no part of being right.
TEST(DecidingMetric, Trap4AChoiceIsNeverDecidedByWordsInCommon) {
  const std::vector<std::string> measured{"rouge_l", "accuracy_likelihood", "accuracy_text",
                                          "macro_f1"};
  for (const char* kind : {"reading", "choice", "classification"})
    EXPECT_EQ(primary_metric(kind, measured), "accuracy_text");
  EXPECT_EQ(primary_metric("phrasal", measured), "rouge_l");
  EXPECT_EQ(primary_metric("choice", {"rouge_l", "exact_match", "accuracy_text"}), "exact_match");
}

TEST(DecidingMetric, IsMissingWhereNoSuchMetricIsMeasured) {
  EXPECT_EQ(primary_metric("choice", {"rouge_l", "macro_f1"}), "");
  EXPECT_EQ(primary_metric("phrasal", {"bleu_4"}), "");
}

SetLetters letters_of_task(const std::vector<std::string>& references) {
  TaskData task;
  for (const std::string& reference : references) task.test.push_back({"source", {reference}});
  return reference_letters(task);
}

TEST(DecidingMetric, CanReadTheReferences) {
  const std::vector<std::string> usual{"rouge_l", "exact_match"};
  const SetLetters russian = letters_of_task({"синяя дверь", "Москва"}),
                   thai = letters_of_task({"แมวดำ"}),
                   english = letters_of_task({"a door", "a cat"});

  EXPECT_EQ(primary_metric("phrasal", usual, english), "rouge_l");
  EXPECT_EQ(primary_metric("phrasal", usual, russian), "rouge_l_xlsum") << "though not named";
  EXPECT_EQ(primary_metric("phrasal", usual, thai), "token_f1_mkqa");
  EXPECT_EQ(primary_metric("phrasal", {"rouge_l", "token_f1_mkqa"}, russian), "token_f1_mkqa")
      << "a measured one comes first";
  EXPECT_EQ(primary_metric("choice", usual, russian), "exact_match");
  EXPECT_EQ(primary_metric("phrasal", {"token_f1"}, russian), "rouge_l_xlsum")
      << "the first mean would decide";
  EXPECT_EQ(primary_metric("phrasal", {"token_f1"}, english), "");
  EXPECT_EQ(primary_metric("phrasal", {"chrf"}, russian), "");
}

TEST(MetricNotes, SayWhatIsMissingAndWhatDecides) {
  const SetLetters russian = letters_of_task({"синяя дверь", "Москва"});
  const std::vector<std::string> notes =
      metric_notes("phrasal", {"rouge_l", "exact_match"}, russian);

  ASSERT_EQ(notes.size(), 2);
  EXPECT_NE(notes[0].find("missing, and not 0, in 2 of 2 test examples"), std::string::npos);
  EXPECT_EQ(notes[1], "rouge_l_xlsum decides, and is measured beside the sweep's metrics");
  EXPECT_TRUE(metric_notes("phrasal", {"rouge_l"}, letters_of_task({"a door"})).empty());
  EXPECT_EQ(metric_notes("choice", {"rouge_l", "exact_match"}, russian).size(), 1)
      << "exact_match decides as ever";
}

TEST(MeasurableMetrics, AreThoseWithEvidence) {
  TaskData task;
  task.name = "t";
  task.test = {{.source = "one", .references = {"two"}}};
  const std::vector<std::string> names{"rouge_l", "accuracy_text"};

  EXPECT_EQ(measurable_metrics(task, names), std::vector<std::string>{"rouge_l"});
  task.test[0].choices = {"two", "three"};
  task.test[0].answer = 0;
  EXPECT_EQ(measurable_metrics(task, names), names);
  EXPECT_THROW(measurable_metrics(task, {"pearson"}), ConfigError) << "\"two\" is no number";
}

}  // namespace
}  // namespace dovetail
