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
