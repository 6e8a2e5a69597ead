// SPDX-License-Identifier: Apache-2.0
// Cards of kind "multiple-choice" on small files written by hand: what becomes of good rows, and
// how each bad one is reported.
#include "cards/card_fixture.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(MultipleChoice, ReadsTheFormOfCommonsenseQaAndArc) {
  for (const char* format : {"commonsense_qa", "arc", "openbook_qa"}) {
    const ScratchFolder scratch;

    const LoadedCard loaded = load(
        scratch, questions(format),
        {ai2("Where is a jar?", "B", ", \"fact1\": \"jars stand on desks\""), ai2("And?", "C")});

    EXPECT_EQ(loaded.data.layout, Layout::question);
    EXPECT_EQ(loaded.data.kind, "choice");
    ASSERT_EQ(loaded.data.train.size(), 1);
    const Example& example = loaded.data.train[0];
    EXPECT_EQ(example.source, "Where is a jar?");
    EXPECT_THAT(example.choices, ElementsAre("bank", "desk", "door"));
    EXPECT_EQ(example.answer, 1);
    EXPECT_THAT(example.references, ElementsAre("desk"));
    EXPECT_THAT(example.fields, ElementsAre(Pair("fact", "jars stand on desks")));
    EXPECT_EQ(loaded.data.test[0].answer, 2);
  }
}

TEST(MultipleChoice, CutsTheChoicesOfOpenBookQaAtTheirMarksInOrder) {
  const ScratchFolder scratch;
  const std::string header = "ID\tQuestion Stem\tChoices\tComplete Question\tAnswer Key\n";

  const LoadedCard loaded =
      load(scratch, questions("openbook_qa_tsv"),
           {header + "7-1\tA tree\t(A) is (B) was once \"tall\" (C) runs (D) sings (D) too\tx\tD\n",
            header + "7-2\tA fox\t(A) a (B) b (C) c (D) d\tx\tA\n"});

  EXPECT_THAT(loaded.data.train[0].choices,
              ElementsAre("is", "was once \"tall\"", "runs", "sings (D) too"));
  EXPECT_EQ(loaded.data.train[0].answer, 3);
}

TEST(MultipleChoice, ReadsPiqaWithItsLabels) {
  const ScratchFolder scratch;
  const std::string row =
      "{\"goal\": \"dry hair\", \"sol1\": \"use sun\", \"sol2\": \"use ice\"}\n";
  const std::string other = "{\"goal\": \"boil\", \"sol1\": \"heat\", \"sol2\": \"cool\"}\n";

  const LoadedCard loaded = load(scratch, questions("piqa"), {row, other, "0\n", "1\n"});

  EXPECT_EQ(loaded.data.train[0].source, "dry hair");
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("use sun"));
  EXPECT_THAT(loaded.data.test[0].references, ElementsAre("cool"));
}

TEST(MultipleChoice, ReadsSocialIqaWithItsContext) {
  const ScratchFolder scratch;
  const auto row = [](const std::string& context) {
    return "{\"context\": \"" + context +
           "\", \"question\": \"Why?\", \"answerA\": \"a\", \"answerB\": \"b\", \"answerC\": "
           "\"c\"}\n";
  };

  const LoadedCard loaded =
      load(scratch, questions("social_i_qa"), {row("Jo ran."), row("Al ate."), "3\n", "1\n"});

  EXPECT_EQ(loaded.data.train[0].source, "Why?");
  EXPECT_EQ(loaded.data.train[0].answer, 2);
  EXPECT_THAT(loaded.data.train[0].fields, ElementsAre(Pair("context", "Jo ran.")));
}

TEST(MultipleChoice, ReadsBoolQAndWinoGrande) {
  const ScratchFolder scratch;

  const LoadedCard boolq = load(
      scratch, questions("bool_q"),
      {"{\"question\": \"is it\", \"title\": \"It\", \"answer\": true, \"passage\": \"It is.\"}\n",
       "{\"question\": \"is he\", \"title\": \"He\", \"answer\": false, \"passage\": \"No.\"}\n"});
  const LoadedCard winogrande =
      load(scratch, questions("winogrande"),
           {"{\"qID\": \"1\", \"sentence\": \"The cup fits the bag as _ is big.\", \"option1\": "
            "\"cup\", \"option2\": \"bag\", \"answer\": \"2\"}\n",
            "{\"qID\": \"2\", \"sentence\": \"The cup fits the bag as _ is small.\", \"option1\": "
            "\"cup\", \"option2\": \"bag\", \"answer\": \"1\"}\n"});

  EXPECT_THAT(boolq.data.train[0].references, ElementsAre("true"));
  EXPECT_THAT(boolq.data.train[0].choices, ElementsAre("true", "false"));
  EXPECT_THAT(boolq.data.train[0].fields, ElementsAre(Pair("passage", "It is.")));
  EXPECT_THAT(boolq.data.test[0].references, ElementsAre("false"));
  EXPECT_THAT(winogrande.data.train[0].references, ElementsAre("bag"));
  EXPECT_EQ(winogrande.data.test[0].answer, 0);
}

TEST(MultipleChoice, ReadsInstructions) {
  const ScratchFolder scratch;
  const std::string train =
      "[\n  {\"instruction\": \"Please choose the correct answer to the question: Is it: so?\\n\\n"
      "Answer1: yes Answer2: no\\n\\nAnswer format: answer1/answer2\", \"input\": \"\", "
      "\"output\": \"the correct answer is answer2\", \"answer\": \"answer2\"},\n"
      "  {\"instruction\": \"Please answer with true or false, question: is it?\\n\\nAnswer "
      "format: "
      "true/false\", \"answer\": \"true\"}\n]\n";
  const std::string test =
      "[{\"instruction\": \"Please choose the correct solution to the question: Dry?\\n\\n"
      "Solution1: sun\\n\\nSolution2: ice\\n\\nAnswer format: solution1/solution2\", \"answer\": "
      "\"solution1\"}]";

  const LoadedCard loaded = load(scratch, questions("instructions"), {train, test});

  ASSERT_EQ(loaded.data.train.size(), 2);
  EXPECT_EQ(loaded.data.train[0].source, "Is it: so?");
  EXPECT_THAT(loaded.data.train[0].choices, ElementsAre("yes", "no"));
  EXPECT_EQ(loaded.data.train[0].answer, 1);
  EXPECT_EQ(loaded.data.train[1].source, "is it?");
  EXPECT_THAT(loaded.data.train[1].choices, ElementsAre("true", "false"));
  EXPECT_THAT(loaded.data.test[0].references, ElementsAre("sun"));
}

TEST(MultipleChoice, CountsEachBadRowWithItsLine) {
  const ScratchFolder scratch;
  const std::string no_choice =
      "{\"question\": {\"stem\": \"q\", \"choices\": [{\"label\": \"A\", \"text\": \"x\"}]}, "
      "\"answerKey\": \"A\"}\n";
  const auto two = [](const std::string& a, const std::string& b, const std::string& stem) {
    return "{\"question\": {\"stem\": \"" + stem +
           "\", \"choices\": [{\"label\": \"A\", \"text\": \"" + a +
           "\"}, {\"label\": \"B\", \"text\": \"" + b + "\"}]}, \"answerKey\": \"A\"}\n";
  };
  const std::string train = ai2("good", "A") + ai2("outside", "D") + no_choice +
                            two("", "b", "empty") + two("b", "b ", "twice") + "{broken\n" +
                            "{\"question\": {\"stem\": \"no choices\"}, \"answerKey\": \"A\"}\n" +
                            ai2("good", "A") + ai2("good", "B") + two("a", "b", " ") +
                            two("a", "b", "\xff") + two("a", "b", std::string(1 << 20, 'q')) +
                            two("a", "b", "nul\\u0000");

  const LoadedCard loaded = load(scratch, questions("arc"), {train, ai2("test", "A")});

  EXPECT_THAT(loaded.report.files[0].bad,
              UnorderedElementsAre(Pair("answers_outside", 1), Pair("too_few_choices", 1),
                                   Pair("empty_choices", 1), Pair("duplicate_choices", 1),
                                   Pair("not_json", 1), Pair("missing_columns", 1),
                                   Pair("contradictions", 1), Pair("empty_sources", 1),
                                   Pair("invalid_utf8", 2), Pair("too_long", 1)));
  EXPECT_EQ(loaded.report.files[0].rows, 13);
  EXPECT_EQ(loaded.report.files[0].kept, 1);
  EXPECT_EQ(loaded.report.files[0].duplicates, 1);
  EXPECT_THAT(
      loaded.report.problems,
      AllOf(Contains(HasSubstr("train.txt:2: the answer \"D\" is none of the choices A, B, C")),
            Contains(HasSubstr("train.txt:3: a question needs two choices, found 1")),
            Contains(HasSubstr("train.txt:4: a choice is empty")),
            Contains(HasSubstr("train.txt:5: two choices are the same text")),
            Contains(HasSubstr("train.txt:6: this is no JSON object")),
            Contains(HasSubstr("train.txt:7: there is no list of texts \"question.choices.text\"")),
            Contains(HasSubstr("train.txt:9: answered \"desk\" here and \"bank\" at line 1")),
            Contains(HasSubstr("train.txt:11: this is not UTF-8"))));
}

TEST(MultipleChoice, RefusesWhatWouldSpoilATask) {
  const std::string row = "{\"goal\": \"g\", \"sol1\": \"a\", \"sol2\": \"b\"}\n";
  const std::string other = "{\"goal\": \"h\", \"sol1\": \"a\", \"sol2\": \"b\"}\n";

  expect_error(questions("arc"), {ai2("x", "A") + ai2("y", "A"), ai2("z", "A") + ai2("y", "A")},
               "test.txt:2: question \"y\" is also at ");
  expect_error(questions("arc") + "bad_rows = \"refuse\"\n", {ai2("x", "E"), ai2("z", "A")},
               "no row is left");
  expect_error(questions("arc") + "bad_rows = \"refuse\"\n",
               {ai2("x", "A") + ai2("y", "E"), ai2("z", "A")}, "train.txt:2: the answer \"E\"");
  expect_error(questions("piqa"), {row, other}, "needs the key train_answers");
  expect_error(questions("piqa"), {row, other, "0\n1\n", "1\n"},
               "train.lst:2: this file has 2 lines");
  expect_error(questions("piqa") + "bad_rows = \"refuse\"\n", {row + other, row, "0\n", "1\n"},
               "the file of answers is shorter");
  expect_error(questions("arcs"), {row, other}, "did you mean \"arc\"");
  expect_error(questions("instructions"), {"[{}, {", "[]"}, "train.txt:1: this is no JSON");
}

TEST(MultipleChoice, RemovesLeaksWhereTheCardAsksForIt) {
  const Files files = {ai2("x", "A") + ai2("y", "A"), ai2("z", "A") + ai2("y", "B")};
  const ScratchFolder scratch;

  const LoadedCard from_train =
      load(scratch, questions("arc") + "leaks = \"drop_from_train\"\n", files);
  const LoadedCard from_test =
      load(scratch, questions("arc") + "leaks = \"drop_from_test\"\n", files);

  EXPECT_EQ(from_train.data.train.size(), 1);
  EXPECT_EQ(from_train.data.train[0].source, "x");
  EXPECT_EQ(from_train.data.test.size(), 2);
  EXPECT_EQ(from_train.report.files[0].leaks, 1);
  EXPECT_EQ(from_test.data.train.size(), 2);
  EXPECT_EQ(from_test.data.test.size(), 1);
  EXPECT_EQ(from_test.report.files[1].leaks, 1);
}

}  // namespace
}  // namespace dovetail
