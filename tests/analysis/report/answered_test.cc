// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/answered.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/made_up_sweeps.h"
#include "analysis/report/decision_json.h"
#include "analysis/report/example_view.h"
#include "analysis/report/report_page.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Ten examples of task t, answered by prefix_lm: the first four rightly.
made_up::Results ten_answers() {
  made_up::Results r;
  Record& record =
      r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, made_up::right_from(0, 4, 10), 100);
  for (int i = 0; i < 10; ++i) record.predictions.push_back("answer " + std::to_string(i));
  record.per_example["loss"] = std::vector<float>(10, 0.5F);
  return r;
}

TestExamples ten_examples() {
  TestExamples examples;
  for (int i = 0; i < 10; ++i)
    examples["t"].push_back({"source " + std::to_string(i), {"right " + std::to_string(i), "or"}});
  return examples;
}

std::vector<AnsweredExample> answered(const made_up::Results& r, const TestExamples& examples) {
  return answered_examples(r.plan.cells.at(0), r.records.at("job0"), "rouge_l", examples);
}

std::vector<int64_t> places(const std::vector<AnsweredExample>& examples) {
  std::vector<int64_t> found;
  for (const AnsweredExample& example : examples) found.push_back(example.place);
  return found;
}

TEST(Answered, StandsBesideSourceReferencesScoreAndLikelihood) {
  const auto examples = answered(ten_answers(), ten_examples());

  ASSERT_EQ(examples.size(), 10);
  const AnsweredExample& fifth = examples[4];
  EXPECT_EQ(fifth.source, "source 4");
  EXPECT_THAT(fifth.references, ElementsAre("right 4", "or"));
  EXPECT_EQ(fifth.answer, "answer 4");
  EXPECT_EQ(fifth.score, 0);
  EXPECT_NEAR(*fifth.likelihood, 0.60653, 1e-5);  // exp(-1/2)
}

TEST(Answered, OtherDataThanTheRecordsAreNotShown) {
  TestExamples fewer = ten_examples();
  fewer["t"].pop_back();

  for (const TestExamples& examples : {TestExamples{}, fewer}) {
    const auto found = answered(ten_answers(), examples);
    EXPECT_EQ(found[4].source, "");
    EXPECT_EQ(answered_json(found[4]).at("source"), Json());
    EXPECT_EQ(answered_json(found[4]).at("answer"), "answer 4");
  }
}

TEST(Answered, ATemplateThatAsksForSomethingElseHasItsOwnReferences) {
  TestExamples examples = ten_examples();
  examples["t"][0].references_under["mapping"] = {"is the opposite of"};
  examples["t"][1].references_under["prompting"] = {"is the opposite of"};

  const auto found = answered(ten_answers(), examples);

  EXPECT_THAT(found[0].references, ElementsAre("is the opposite of"));
  EXPECT_THAT(found[1].references, ElementsAre("right 1", "or"));
}

TEST(Answered, SortsByScoreAndKeepsTheOrderOfEquals) {
  made_up::Results r = ten_answers();
  r.records.at("job0").per_example["rouge_l"][1] = std::nanf("");
  auto examples = answered(r, {});

  sort_by_score(examples, /*lowest_first=*/true);
  EXPECT_THAT(places(examples), ElementsAre(4, 5, 6, 7, 8, 9, 0, 2, 3, 1));
  sort_by_score(examples, /*lowest_first=*/false);
  EXPECT_THAT(places(examples), ElementsAre(0, 2, 3, 4, 5, 6, 7, 8, 9, 1));
}

TEST(Answered, TheReportShowsTheBestAndTheWorst) {
  const made_up::Results r = ten_answers();
  const Analysis analysis = analyse(r.plan, r.records);

  const ShownExamples shown = shown_examples(analysis, analysis.decisions.at(0), ten_examples());
  EXPECT_EQ(shown.cell, r.plan.cells.at(0).name);
  EXPECT_THAT(places(shown.answered), ElementsAre(0, 1, 2, 7, 8, 9));

  const ReportModel model = report_model(analysis, ten_examples());
  EXPECT_THAT(report_page(model), HasSubstr("right 9 | or"));
  const Json answers = decision_json(model).at("decisions").at(0).at("examples").at("answers");
  EXPECT_EQ(answers.size(), 6);
  EXPECT_EQ(answers.at(5).at("source"), "source 9");
  EXPECT_THAT(report_page(report_model(analysis)), Not(HasSubstr("answer 9")));
}

TEST(Answered, LongTextsAreCutBetweenCharacters) {
  made_up::Results r = ten_answers();
  std::string umlauts = "x";
  for (int i = 0; i < 400; ++i) umlauts += "ä";
  r.records.at("job0").predictions[0] = umlauts;
  const Analysis analysis = analyse(r.plan, r.records);

  const ShownExamples shown = shown_examples(analysis, analysis.decisions.at(0), ten_examples());

  const std::string& cut = shown.answered.at(0).answer;
  EXPECT_LT(cut.size(), 310);
  EXPECT_EQ(cut.substr(cut.size() - 6), "ä …");
}

}  // namespace
}  // namespace dovetail
