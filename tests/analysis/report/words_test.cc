// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/decision_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/made_up.h"
#include "analysis/report/advise.h"
#include "analysis/report/caveats.h"
#include "analysis/report/lessons.h"
#include "analysis/report/number_text.h"
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
  EXPECT_THAT(caveats(analysis), Contains(HasSubstr("2 seeds are few")));
}

TEST(Words, NoDifferenceNamesTheCheaperChoice) {
  Results r;
  r.add({"prefix_lm", "t", "mapping", "full", "all", "1"}, {1, 0, 1, 0, 1, 0, 1, 0, 1, 1}, 200);
  r.add({"none", "t", "mapping", "full", "all", "1"}, {0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, 4);
  const Analysis analysis = analyse(r.plan, r.records);

  EXPECT_THAT(explain(analysis.decisions[0]),
              AllOf(HasSubstr("No measurable difference: prefix_lm"),
                    HasSubstr("The cheaper choice: none · mapping · full"),
                    HasSubstr("for 4.0 s instead of 3 min")));
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
