// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/use_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up_sweeps.h"
#include "analysis/report/advise.h"
#include "analysis/report/caveats.h"
#include "analysis/report/lessons.h"
#include "analysis/report/number_text.h"
#include "analysis/report/selector_words.h"
#include "base/error.h"

namespace dovetail {
namespace {

using made_up::Results;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<float> equal_scores(float score) { return std::vector<float>(20, score); }

// prefix_lm 0.6 against 0.2 for random start at 16 and at 64 examples.
Results two_sizes() {
  Results r;
  for (const char* size : {"examples16", "examples64"}) {
    for (const char* seed : {"1", "2"}) {
      r.add({"none", "wordnet.antonym", "mapping", "full", size, seed}, equal_scores(0.2F), 3);
      r.add({"prefix_lm", "wordnet.antonym", "mapping", "full", size, seed}, equal_scores(0.6F),
            30);
    }
  }
  return r;
}

TEST(Words, NumbersAreSigned) {
  EXPECT_EQ(signed_text(0.0314), "+0.031");
  EXPECT_EQ(signed_text(-0.0314), "\u22120.031");
  EXPECT_EQ(signed_text(-0.0001), "0.000");
  EXPECT_EQ(percent_text(2.0), "+200 %");
  EXPECT_EQ(percent_text(-0.5), "\u221250 %");
  EXPECT_EQ(seconds_text(0.25), "0.2 s");
  EXPECT_EQ(seconds_text(7200), "2.0 h");
}

TEST(Words, AGainIsExplainedWithItsEvidence) {
  const Results r = two_sizes();
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(explain(analysis.decisions[0]),
              AllOf(HasSubstr("Use prefix_lm · mapping · full. It scores 0.600 ROUGE-L against "
                              "0.200 for random start"),
                    HasSubstr("gain +0.400 (+200 %, 95 % interval +0.400 to +0.400)"),
                    HasSubstr("n = 20 test examples, 2 seeds, best of 2 choices")));
  EXPECT_THAT(lessons(analysis), Contains(HasSubstr("In 2 of 2 cases")));
  EXPECT_THAT(caveats(analysis), Contains(HasSubstr("Two seeds: how much runs vary")));
}

TEST(Words, AChoiceByValidationSaysSo) {
  Results r = two_sizes();
  for (auto& [key, record] : r.records) {
    if (record.kind == JobKind::tune) record.validation_scores["rouge_l"] = {0.5F, 0.6F};
  }
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(explain(analysis.decisions[0]), HasSubstr("the test examples were scored once"));
  EXPECT_THAT(explain(analysis.decisions[0]), Not(HasSubstr("random halves")));
  EXPECT_THAT(caveats(analysis), Not(Contains(HasSubstr("tested on the other"))));
}

TEST(Words, NoDifferenceNamesTheCheaperChoice) {
  Results r;
  made_up::add_cells(r, "prefix_lm", made_up::right_from(0, 201, 400), 200);
  made_up::add_cells(r, "none", made_up::right_from(0, 200, 400), 4);
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(explain(analysis.decisions[0]),
              AllOf(HasSubstr("Use none · mapping · full. As good within 0.020"),
                    HasSubstr("prefix_lm · mapping · full has the highest mean"),
                    HasSubstr("it costs 4.0 s instead of 3 min")));
}

TEST(Words, WinnersAreCountedOnlyWhereTheCellsDiffer) {
  const Results apart = two_sizes();
  Results alike;
  for (const char* size : {"examples16", "examples64"}) {
    for (const char* seed : {"1", "2"}) {
      for (const char* form : {"mapping", "prompting"})
        alike.add({"prefix_lm", "t", form, "full", size, seed}, equal_scores(0.6F));
    }
    alike.add({"", "t", "", "", size, ""}, equal_scores(0.1F), 1, "most_frequent");
  }

  EXPECT_THAT(lessons(analyse(apart.plan, apart.records)),
              Contains(HasSubstr("the cells differ at all (F test, 5 %; 2 of 2 cases)")));
  EXPECT_THAT(lessons(analyse(alike.plan, alike.records)),
              AllOf(Contains(HasSubstr("In 2 of 2 cases")),
                    Contains(HasSubstr("No choice is called a winner"))));
}

TEST(Words, OneRunIsSaidToMeasureNothing) {
  Results r;
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, equal_scores(0.6F));
  r.add({"none", "t", "mapping", "full", "all", "1"}, equal_scores(0.2F));
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(explain(analysis.decisions[0]), HasSubstr("One run of each cell: a gain, a loss"));
  EXPECT_THAT(caveats(analysis), Contains(HasSubstr("One seed: nothing tells")));
}

// One pair of cells and two seeds leave one degree of freedom.
TEST(Words, AWideIntervalSaysWhy) {
  Results r;
  for (const auto& [seed, lead] : {std::pair("1", 0.3F), std::pair("2", 0.4F)}) {
    r.add({"prefix_lm", "t", "mapping", "full", "all", seed}, equal_scores(0.3F + lead));
    r.add({"none", "t", "mapping", "full", "all", seed}, equal_scores(0.3F));
  }
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(explain(analysis.decisions[0]),
              HasSubstr("wide because few cells tell how runs vary: 1.0 degrees of freedom"));
}

TEST(Words, OneIsSaidInTheSingular) {
  Results r;
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, {1, 0}, 1);
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(lessons(analysis), Contains(HasSubstr("On t (all), no choice measurably beats")));
  EXPECT_THAT(explain(analysis.decisions[0]),
              HasSubstr("n = 2 test examples, 1 seed, best of 1 choice)"));
  EXPECT_THAT(caveats(analysis), Contains(HasSubstr("Not scored, so part of no verdict: random")));
}

TEST(Words, FewTestExamplesAreSaidOnceForATask) {
  Results r;
  for (const char* size : {"examples16", "all"}) {
    r.add({"none", "small", "mapping", "full", size, "1"}, made_up::flat_scores(0.5F, 99));
    r.add({"none", "large", "mapping", "full", size, "1"}, made_up::flat_scores(0.5F, 100));
  }

  EXPECT_THAT(caveats(analyse(r.plan, r.records)),
              Contains(HasSubstr("Fewer than 100 test examples: small (99). Only")));
}

TEST(Words, CutSourcesAndTargetsAreSaidWithTheirLimits) {
  Results r;
  Record& record = r.add({"none", "t", "mapping", "full", "all", "1"}, equal_scores(0.5F));
  record.metrics["sources_cut"] = 0;
  EXPECT_THAT(caveats(analyse(r.plan, r.records)), Not(Contains(HasSubstr("max_"))));
  record.metrics["sources_cut"] = 3;
  record.metrics["targets_cut"] = 38;

  const auto found = caveats(analyse(r.plan, r.records));

  EXPECT_THAT(found, Contains(AllOf(HasSubstr("longer than max_source_length lost a part"),
                                    HasSubstr(": t 3."))));
  EXPECT_THAT(found, Contains(AllOf(HasSubstr("longer than max_target_length lost their end"),
                                    HasSubstr(": t 38."))));
}

TEST(Words, AConfidenceNeedsTenExamples) {
  Selection selection{.confidence = 1.0, .examples = 3};
  EXPECT_EQ(confidence_text(selection), "no confidence: 3 examples only");
  selection.examples = 10;
  EXPECT_EQ(confidence_text(selection), "confidence 1.00");
  selection.value = Estimate{.items = 9};  // of the probed ones; one more was tuned on
  EXPECT_EQ(confidence_text(selection), "no confidence: 9 examples only");
  EXPECT_EQ(confidence_text({}), "");
}

TEST(Words, CaveatsNameWhatIsMissingAndWhatFailed) {
  Results r = two_sizes();
  r.add_planned({"mixed", "wordnet.antonym", "mapping", "full", "examples16", "1"});
  r.add({"mixed", "wordnet.antonym", "mapping", "full", "examples16", "2"}, equal_scores(1))
      .status = RunStatus::crashed;

  const auto found = caveats(analyse(r.plan, r.records));

  EXPECT_THAT(found, Contains(HasSubstr("1 of 10 cells have no result yet")));
  EXPECT_THAT(found, Contains(HasSubstr("1 of 10 cells failed")));
}

TEST(Words, OnePretrainingBehindAllSeedsIsSaid) {
  Results r;
  const int64_t pretrain = r.add_upstream(JobKind::pretrain, "pretrain", 60);
  for (const char* seed : {"1", "2"}) {
    r.add({"mixed", "t", "mapping", "full", "all", seed}, equal_scores(0.5F), 1, "", "lexical",
          {pretrain});
  }

  EXPECT_THAT(caveats(analyse(r.plan, r.records)),
              Contains(HasSubstr("start from that one run: mixed")));
}

TEST(Words, AnEmptyRunHasNothingToTeach) {
  Results r;
  r.add_planned({"mixed", "t", "mapping", "full", "all", "1"});

  EXPECT_THAT(lessons(analyse(r.plan, r.records)), Contains(HasSubstr("Nothing yet")));
}

TEST(Advise, SpeaksOfOneTaskAndSize) {
  const Results r = two_sizes();
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(advise(analysis, "wordnet.antonym", "examples16"),
              AllOf(HasSubstr("wordnet.antonym at examples16: Use prefix_lm"),
                    Not(HasSubstr("examples64"))));
  EXPECT_THAT(advise(analysis, "wordnet.antonym"), HasSubstr("examples64"));
}

// Two templates and two objectives: selectors would have something to choose between.
TEST(Advise, SelectorsWithoutProbesAreCountedInOneLine) {
  Results r;
  for (const char* objective : {"none", "prefix_lm"}) {
    for (const char* form : {"mapping", "masked_mapping"})
      r.add({objective, "t", form, "full", "all", "1"}, equal_scores(0.5F));
  }

  const std::string advice = advise(analyse(r.plan, r.records), "t");

  EXPECT_THAT(advice, HasSubstr("chose nothing: the sweep has no [select]"));
  EXPECT_THAT(advice, Not(HasSubstr("no choice")));
}

TEST(Advise, ANumberTakesTheNearestSizeAndSaysSo) {
  const Results r = two_sizes();
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(advise(analysis, "wordnet.antonym", "40"),
              HasSubstr("did not run size 40; the nearest it has is examples64"));
}

TEST(Advise, AllIsANumberToo) {
  const std::vector<std::string> sizes{"examples30x3", "all"};
  EXPECT_EQ(resolve_size(sizes, "500", {{"examples30x3", 30}, {"all", 1000}}), "all");
  EXPECT_EQ(resolve_size(sizes, "100", {{"examples30x3", 30}, {"all", 1000}}), "examples30x3");
  EXPECT_EQ(resolve_size(sizes, "500"), "examples30x3");  // nothing is known of "all"
}

TEST(Advise, AMisspeltNameIsAnsweredWithTheNearest) {
  const Results r = two_sizes();
  const Analysis analysis = analyse(r.plan, r.records);
  const auto message = [&](const std::string& task, const std::string& size) -> std::string {
    try {
      return advise(analysis, task, size);
    } catch (const ConfigError& error) {
      return error.what();
    }
  };

  EXPECT_THAT(message("wordnet.antonim", ""), HasSubstr("did you mean \"wordnet.antonym\"?"));
  EXPECT_THAT(message("wordnet.antonym", "examples61"), HasSubstr("did you mean \"examples"));
}

TEST(Advise, NothingFinishedIsAnError) {
  Results r;
  r.add_planned({"mixed", "t", "mapping", "full", "all", "1"});
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THROW(advise(analysis, "t"), ConfigError);
}

}  // namespace
}  // namespace dovetail
