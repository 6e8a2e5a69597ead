// SPDX-License-Identifier: Apache-2.0
#include "stepgame/solver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "stepgame/shortcuts.h"
#include "stepgame/solve_report.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const SentenceReader& reader() {
  static const SentenceReader own(own_story_templates());
  return own;
}

StepStory story_about(std::vector<std::string> sentences, char asked, char from) {
  return {.sentences = std::move(sentences),
          .question = question_about(asked, from),
          .asked = asked,
          .from = from,
          .place = "f:1"};
}

// C is two up and one right of A: (1, 1) + (0, 1).
TEST(StepGameSolver, AddsUpSteps) {
  const StepStory story =
      story_about({"C is above B.", "B lies northeast of A.", "Z is below A."}, 'C', 'A');

  const StepAnswer answer = solve_story(story, reader());

  EXPECT_EQ(answer.label, "upper-right");
  EXPECT_EQ(answer.distance, 2);
  EXPECT_THAT(answer.path, ElementsAre(1, 0));
  EXPECT_FALSE(answer.contradicts_itself);
}

TEST(StepGameSolver, KnowsOverlap) {
  EXPECT_EQ(solve_story(story_about({"B is above A.", "C is below B."}, 'C', 'A'), reader()).label,
            "overlap");
}

TEST(StepGameSolver, ReadsTextsWithTwoEdges) {
  const StepStory story = story_about(
      {"B is above A. The latter is to the left of C.", "D has C above it, and E to its right."},
      'E', 'B');

  // from B: A is one down, C one right of A, D one below C, E one right of D: (2, -2)
  const StepAnswer answer = solve_story(story, reader());

  EXPECT_EQ(answer.label, "lower-right");
  EXPECT_EQ(answer.distance, 4);
  EXPECT_THAT(answer.path, ElementsAre(0, 1));
}

TEST(StepGameSolver, SaysWhatCannotBeAnswered) {
  const StepAnswer apart =
      solve_story(story_about({"B is above A.", "D is above C."}, 'D', 'A'), reader());
  EXPECT_FALSE(apart.label);
  const StepAnswer torn = solve_story(
      story_about({"B is above A.", "C is above B.", "C is below A."}, 'B', 'A'), reader());
  EXPECT_TRUE(torn.contradicts_itself);
}

TEST(StepGameSolver, NamesTheStoryOfABadSentence) {
  try {
    solve_story(story_about({"B is somewhere near A."}, 'B', 'A'), reader());
    ADD_FAILURE();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("f:1: the sentence \"B is somewhere near A.\" has no word"));
  }
}

TEST(Shortcuts, ReadOneSentenceAndComposeNothing) {
  const std::vector<std::string> sentences = {"B is above A.", "C lies northeast of B."};

  EXPECT_EQ(one_sentence_answer(story_about(sentences, 'B', 'A'), reader()), "above");
  EXPECT_EQ(one_sentence_answer(story_about(sentences, 'B', 'C'), reader()), "lower-left");
  EXPECT_EQ(one_sentence_answer(story_about(sentences, 'C', 'A'), reader()), std::nullopt);
}

// "B is above C" is the first sentence that shares an agent with the question about B and A.
TEST(Shortcuts, TakeWhatSharesAgentsForAnAnswer) {
  const std::vector<std::string> chain = {"B is above C.", "C lies west of A."};

  EXPECT_EQ(entity_overlap_answer(story_about(chain, 'B', 'A'), reader()), "above");
  EXPECT_EQ(entity_overlap_answer(story_about(chain, 'A', 'B'), reader()), "below");
  EXPECT_EQ(entity_overlap_answer(story_about(chain, 'C', 'A'), reader()), "left");
  EXPECT_EQ(entity_overlap_answer(story_about(chain, 'X', 'Y'), reader()), std::nullopt);
}

TEST(StoryText, IsReadBackFromOneTextWhereverItsQuestionIs) {
  const StepStory story = story_about({"B is above C.", "C lies west of A."}, 'B', 'A');

  const std::string last = text_of_story(story), first = text_of_story(story, QuestionPlace::first);

  EXPECT_EQ(last, "B is above C. C lies west of A. Where is B, seen from A?");
  EXPECT_EQ(first, "Where is B, seen from A? B is above C. C lies west of A.");
  for (const std::string& text : {last, first}) {
    const StepStory again = story_in_text(text);
    EXPECT_EQ(again.sentences, story.sentences);
    EXPECT_EQ(again.question, "Where is B, seen from A?");
    EXPECT_EQ(again.asked, 'B');
    EXPECT_EQ(again.from, 'A');
  }
}

TEST(StoryText, TakesItsLastPartForAQuestionWithoutAMark) {
  const StepStory story = story_in_text("B is above C. B to C");

  EXPECT_EQ(story.sentences, std::vector<std::string>{"B is above C."});
  EXPECT_EQ(story.question, "B to C");
}

// line 95 of the published templates: made for "A is left of B"
TEST(SolveReport, NamesTheWrongTemplate) {
  SolveReport report;
  StepStory story = story_about({"A and B are parallel, and A is to the right of B."}, 'A', 'B');
  story.label = "left";

  const StepAnswer answer = report.add(story, reader());

  EXPECT_EQ(answer.label, "right");
  ASSERT_EQ(report.misses.size(), 1);
  EXPECT_EQ(report.misses[0].answer, "right");
  ASSERT_EQ(report.misses[0].causes.size(), 1);
  EXPECT_EQ(report.misses[0].causes[0].place, "template.py:95");
  EXPECT_EQ(report.unexplained, 0);
}

TEST(SolveReport, FindsTheLostAgentAndAdmitsWhatItCannotExplain) {
  SolveReport report;
  StepStory lost = story_about({"C is diagonally left and above C.", "B is above A."}, 'C', 'A');
  lost.label = "upper-left";  // C is upper-left of B, or of A
  report.add(lost, reader());
  EXPECT_EQ(report.unanswerable, 1);
  EXPECT_EQ(report.unexplained, 0);
  EXPECT_EQ(report.misses[0].causes.at(0).place, "template.py:290");

  StepStory wrong = story_about({"B is above A."}, 'B', 'A');
  wrong.label = "below";
  report.add(wrong, reader());
  EXPECT_EQ(report.unexplained, 1);
}

}  // namespace
}  // namespace dovetail
