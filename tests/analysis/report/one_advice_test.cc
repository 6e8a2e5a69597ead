// SPDX-License-Identifier: Apache-2.0
// Page, terminal, advice and decision.json say the same, in the same words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up_sweeps.h"
#include "analysis/report/advise.h"
#include "analysis/report/decision_json.h"
#include "analysis/report/html.h"
#include "analysis/report/lessons.h"
#include "analysis/report/recommendation_rows.h"
#include "analysis/report/report_page.h"
#include "analysis/report/use_words.h"

namespace dovetail {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The text of the page's cell "Use".
std::string used_on_page(const std::string& page) {
  const std::string open = "<span class=\"choice\">";
  const size_t begin = page.find(open);
  EXPECT_NE(begin, std::string::npos);
  EXPECT_EQ(page.find(open, begin + 1), std::string::npos) << "one choice a decision";
  return page.substr(begin + open.size(), page.find("</span>", begin) - begin - open.size());
}

struct Case {
  const char* name;
  made_up::Results results;
  std::string use;
};

std::vector<Case> all_cases() {
  return {{"best cells win", made_up::best_cells_win(), "prefix_lm · mapping · full"},
          {"a baseline is better", made_up::a_baseline_is_better(), "baseline: most_frequent"},
          {"no difference", made_up::no_difference(), "baseline: copy"},
          {"nothing works", made_up::nothing_works(), "Nothing works yet"},
          {"too few examples", made_up::too_few_examples(), "Cannot be told yet"},
          {"no baseline", made_up::nothing_to_compare_with(), "prefix_lm · mapping · full"}};
}

TEST(OneAdvice, IsTheSameInAllFourPlaces) {
  for (const Case& each : all_cases()) {
    SCOPED_TRACE(each.name);
    const Analysis analysis = analyse(each.results.plan, each.results.records);
    const ReportModel model = report_model(analysis);
    const Decision& decision = analysis.decisions.at(0);
    const Json json = decision_json(model).at("decisions").at(0);
    const auto row = recommendation_rows(analysis).at(0);

    EXPECT_EQ(row.at(2), each.use);
    EXPECT_EQ(used_on_page(report_page(model)), html_escape(each.use));
    EXPECT_EQ(json.at("use").at("text"), each.use);
    EXPECT_EQ(json.at("text"), explain(decision));
    const std::string said = (decision.use.choice ? "Use " : "") + each.use;
    EXPECT_THAT(explain(decision), StartsWith(said));
    EXPECT_THAT(advise(analysis, "t"), HasSubstr("t at all: " + explain(decision)));
    EXPECT_EQ(json.at("use").at("choice").is_null(), !decision.use.choice.has_value());
    EXPECT_THAT(report_page(model), HasSubstr(html_escape(use_score_text(decision))));
    EXPECT_EQ(row.at(3), use_score_text(decision));
  }
}

// A star in a heat map says what to use; where that is a baseline, or nothing, or where the cells
// are not shown to differ (or there is one), there is none.
TEST(OneAdvice, TheStarMarksTheCellsToUse) {
  for (const Case& each : all_cases()) {
    const Analysis analysis = analyse(each.results.plan, each.results.records);
    const std::string page = report_page(report_model(analysis));
    EXPECT_EQ(page.find("★ 0") != std::string::npos, std::string(each.name) == "best cells win")
        << each.name;
  }
}

// Losses of 2 and 3: the lower has the star and the darkest shade.
TEST(OneAdvice, OfALossTheLowestIsShadedAsTheBest) {
  made_up::Results r;
  r.plan.metrics = {"loss"};
  r.plan.metric_traits["loss"].higher_is_better = false;
  made_up::add_cells(r, "none", made_up::flat_scores(3, 200), 10);
  made_up::add_cells(r, "prefix_lm", made_up::flat_scores(2, 200), 100);

  const std::string page = report_page(report_model(analyse(r.plan, r.records)));

  EXPECT_THAT(page, HasSubstr("loss (less is better); the colours run from 3.000 to 2.000"));
  EXPECT_THAT(page, HasSubstr("★ 2.000"));
}

TEST(OneAdvice, LessonsNameTheChoiceToo) {
  const auto lessons_of = [](const made_up::Results& r) {
    const Analysis analysis = analyse(r.plan, r.records);
    return testing::PrintToString(lessons(analysis));
  };
  EXPECT_THAT(lessons_of(made_up::no_difference()),
              HasSubstr("As good within the margin, so take the cheaper choice: t (all): baseline: "
                        "copy."));
  EXPECT_THAT(lessons_of(made_up::a_baseline_is_better()),
              HasSubstr("beats the best tuned choice: t (all): baseline: most_frequent."));
  EXPECT_THAT(lessons_of(made_up::nothing_works()), HasSubstr("Nothing works yet"));
  EXPECT_THAT(lessons_of(made_up::nothing_works()), HasSubstr("On t (all), no choice measurably"));
}

TEST(OneAdvice, SaysWhatWouldHelp) {
  const auto advice_on = [](const made_up::Results& r) {
    return advise(analyse(r.plan, r.records), "t");
  };
  EXPECT_THAT(advice_on(made_up::nothing_works()),
              testing::AllOf(HasSubstr("the highest score is 0.010 ROUGE-L"),
                             HasSubstr("more training examples"), HasSubstr("larger base model")));
  EXPECT_THAT(advice_on(made_up::too_few_examples()),
              testing::AllOf(HasSubstr("100 test examples and 2 seeds are too few"),
                             HasSubstr("If the lead over copy the input stays as large, it takes "
                                       "at least ")));
}

}  // namespace
}  // namespace dovetail
