// SPDX-License-Identifier: Apache-2.0
// Each kind and format of data set card on small files written by hand: what becomes of good rows,
// and how each bad one is reported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tasks/card.h"
#include "tasks/scratch_folder.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

// A card over train.txt and test.txt (and test lines that make a file), loaded.
struct Files {
  std::string train, test;
  std::string train_answers = "", test_answers = "";
};

LoadedCard load(const ScratchFolder& scratch, const std::string& card, const Files& files) {
  scratch.write("train.txt", files.train);
  scratch.write("test.txt", files.test);
  std::string text = "name = \"mine\"\ntrain = \"train.txt\"\ntest = \"test.txt\"\n" + card;
  if (!files.train_answers.empty()) {
    scratch.write("train.lst", files.train_answers);
    scratch.write("test.lst", files.test_answers);
    text = "train_answers = \"train.lst\"\ntest_answers = \"test.lst\"\n" + text;
  }
  return load_card(read_card(scratch.write("card.toml", text)));
}

std::string questions(const std::string& format) {
  return "kind = \"multiple-choice\"\nformat = \"" + format + "\"\n";
}

std::string ai2(const std::string& stem, const std::string& key, const std::string& more = "") {
  return "{\"question\": {\"stem\": \"" + stem +
         "\", \"choices\": [{\"label\": \"A\", \"text\": \"bank\"}, {\"label\": \"B\", \"text\": "
         "\"desk \"}, {\"label\": \"C\", \"text\": \"door\"}]}, \"answerKey\": \"" +
         key + "\"" + more + "}\n";
}

TEST(MultipleChoice, ReadsTheFormOfCommonsenseQaAndArc) {
  for (const char* format : {"commonsense_qa", "arc", "openbook_qa"}) {
    const ScratchFolder scratch;

    const LoadedCard loaded =
        load(scratch, questions(format),
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

  const LoadedCard loaded = load(
      scratch, questions("openbook_qa_tsv"),
      {header + "7-1\tA tree\t(A) is (B) was once \"tall\" (C) runs (D) sings (D) too\tx\tD\n",
       header + "7-2\tA fox\t(A) a (B) b (C) c (D) d\tx\tA\n"});

  EXPECT_THAT(loaded.data.train[0].choices,
              ElementsAre("is", "was once \"tall\"", "runs", "sings (D) too"));
  EXPECT_EQ(loaded.data.train[0].answer, 3);
}

TEST(MultipleChoice, ReadsPiqaWithItsLabels) {
  const ScratchFolder scratch;
  const std::string row = "{\"goal\": \"dry hair\", \"sol1\": \"use sun\", \"sol2\": \"use ice\"}\n";
  const std::string other = "{\"goal\": \"boil\", \"sol1\": \"heat\", \"sol2\": \"cool\"}\n";

  const LoadedCard loaded = load(scratch, questions("piqa"), {row, other, "0\n", "1\n"});

  EXPECT_EQ(loaded.data.train[0].source, "dry hair");
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("use sun"));
  EXPECT_THAT(loaded.data.test[0].references, ElementsAre("cool"));
}

TEST(MultipleChoice, ReadsSocialIqaWithItsContextAndCountsItsChoicesFromNought) {
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
  EXPECT_THAT(loaded.data.train[0].fields,
              UnorderedElementsAre(Pair("context", "Jo ran."), Pair("first_choice", "0")));
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
      "  {\"instruction\": \"Please answer with true or false, question: is it?\\n\\nAnswer format: "
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
    return "{\"question\": {\"stem\": \"" + stem + "\", \"choices\": [{\"label\": \"A\", \"text\": \"" +
           a + "\"}, {\"label\": \"B\", \"text\": \"" + b + "\"}]}, \"answerKey\": \"A\"}\n";
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

void expect_error(const std::string& card, const Files& files, const std::string& part) {
  const ScratchFolder scratch;
  try {
    load(scratch, card, files);
    ADD_FAILURE() << "accepted, where the message should have \"" << part << "\"";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
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

  const LoadedCard from_train = load(scratch, questions("arc") + "leaks = \"drop_from_train\"\n", files);
  const LoadedCard from_test = load(scratch, questions("arc") + "leaks = \"drop_from_test\"\n", files);

  EXPECT_EQ(from_train.data.train.size(), 1);
  EXPECT_EQ(from_train.data.train[0].source, "x");
  EXPECT_EQ(from_train.data.test.size(), 2);
  EXPECT_EQ(from_train.report.files[0].leaks, 1);
  EXPECT_EQ(from_test.data.train.size(), 2);
  EXPECT_EQ(from_test.data.test.size(), 1);
  EXPECT_EQ(from_test.report.files[1].leaks, 1);
}

TEST(Generation, ReadsAlignedLinesOfCommonGen) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(scratch, "kind = \"generation\"\nformat = \"common_gen\"\n",
                                 {"run dog\nrun dog\neat cat\n", "sit man\n",
                                  "A dog runs.\nDogs run.\nCats eat.\n", "A man sits.\n"});

  EXPECT_EQ(loaded.data.layout, Layout::text);
  EXPECT_EQ(loaded.data.kind, "generation");
  ASSERT_EQ(loaded.data.train.size(), 2);
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("A dog runs.", "Dogs run."));
  expect_error("kind = \"generation\"\nformat = \"common_gen\"\n", {"a\n", "b\n"},
               "needs the key train_answers");
  expect_error("kind = \"generation\"\nformat = \"common_gen\"\n", {"a\n", "b\n", "x\ny\n", "z\n"},
               "train.lst:2: this file has 2 lines");
  expect_error("kind = \"generation\"\nformat = \"scan\"\n", {"a\n", "b\n", "x\n", "z\n"},
               "has its answers in the same file");
}

TEST(Generation, ReadsTheCsvOfE2e) {
  const ScratchFolder scratch;

  const LoadedCard loaded =
      load(scratch, "kind = \"generation\"\nformat = \"e2e\"\n",
           {"mr,ref\r\n\"name[The Eagle], food[French]\",\"The \"\"Eagle\"\", French.\"\r\n"
            "\"name[The Eagle], food[French]\",A French pub.\n\"name[Two\nlines]\",x\nalone\n",
            "mr,ref\nname[B],B.\n"});

  ASSERT_EQ(loaded.data.train.size(), 2);
  EXPECT_EQ(loaded.data.train[0].source, "name[The Eagle], food[French]");
  EXPECT_THAT(loaded.data.train[0].references,
              ElementsAre("The \"Eagle\", French.", "A French pub."));
  EXPECT_EQ(loaded.data.train[1].source, "name[Two lines]");
  EXPECT_THAT(loaded.report.problems, ElementsAre(HasSubstr("train.txt:6: expected the columns")));
  expect_error("kind = \"generation\"\nformat = \"e2e\"\n", {"mr,rf\na,b\n", "mr,ref\nc,d\n"},
               "train.txt:1: the header has no column \"ref\": did you mean \"rf\"");
}

TEST(Generation, ReadsScanAndKeepsRepeatedRowsWhereAsked) {
  const ScratchFolder scratch;
  const std::string card = "kind = \"generation\"\nformat = \"scan\"\n";
  const Files files = {"IN: jump OUT: I_JUMP\nIN: jump OUT: I_JUMP\nIN: run twice OUT: I_RUN I_RUN\n"
                       "jump I_JUMP\n",
                       "IN: jump twice OUT: I_JUMP I_JUMP\n"};

  const LoadedCard dropped = load(scratch, card, files);
  const LoadedCard kept = load(scratch, card + "duplicates = \"keep\"\n", files);

  EXPECT_EQ(dropped.data.train.size(), 2);
  EXPECT_EQ(dropped.report.files[0].duplicates, 1);
  EXPECT_EQ(dropped.report.files[0].bad.at("missing_columns"), 1);
  EXPECT_EQ(dropped.data.train[1].source, "run twice");
  EXPECT_THAT(dropped.data.train[1].references, ElementsAre("I_RUN I_RUN"));
  ASSERT_EQ(kept.data.train.size(), 3);
  EXPECT_EQ(kept.data.train[1].source, "jump");
  EXPECT_THAT(kept.data.train[1].references, ElementsAre("I_JUMP"));
}

const std::string kSentiment =
    "kind = \"classification\"\nformat = \"csv\"\ncolumns = { text = 2, label = 1 }\n"
    "labels = { 0 = \"terrible\", 1 = \"great\" }\n";

TEST(Classification, TurnsLabelsIntoTheirWords) {
  const ScratchFolder scratch;

  const LoadedCard loaded =
      load(scratch, kSentiment,
           {"1,\"fine , \"\"really\"\" .\"\n0,awful\n2,odd\n1, \n1\n0,awful\n1,awful\n", "0,bad\n"});

  EXPECT_EQ(loaded.data.layout, Layout::classification);
  EXPECT_EQ(loaded.data.kind, "classification");
  EXPECT_THAT(loaded.data.labels, ElementsAre("terrible", "great"));
  ASSERT_EQ(loaded.data.train.size(), 2);
  EXPECT_EQ(loaded.data.train[0].source, "fine , \"really\" .");
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("great"));
  EXPECT_EQ(loaded.data.train[0].answer, 1);
  EXPECT_THAT(choices_of(loaded.data, loaded.data.train[0]), ElementsAre("terrible", "great"));
  EXPECT_THAT(loaded.report.files[0].bad,
              UnorderedElementsAre(Pair("unknown_labels", 1), Pair("empty_sources", 1),
                                   Pair("missing_columns", 1), Pair("contradictions", 1)));
  EXPECT_EQ(loaded.report.files[0].duplicates, 1);
  EXPECT_THAT(loaded.report.problems,
              Contains(HasSubstr("train.txt:3: unknown label \"2\"; the card has 0, 1")));
}

TEST(Classification, ReadsPairsAndKeepsAnOpenQuote) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(
      scratch,
      "kind = \"classification\"\nheader = true\ncolumns = { text = \"a\", pair = \"b\", label = "
      "\"y\" }\n",
      {"id\ta\tb\ty\n1\t\"open\tsecond\tno\n2\tfirst\tother\tyes\n3\tfirst\t \tyes\n",
       "id\ta\tb\ty\n4\tthird\tsecond\tno\n"});

  ASSERT_EQ(loaded.data.train.size(), 2);
  EXPECT_EQ(loaded.data.train[0].source, "\"open");
  EXPECT_THAT(loaded.data.train[0].fields, ElementsAre(Pair("pair", "second")));
  EXPECT_THAT(loaded.data.labels, ElementsAre("no", "yes")) << "the file's own words";
  EXPECT_EQ(loaded.data.train[1].answer, 1);
  EXPECT_EQ(loaded.report.files[0].bad.at("empty_sources"), 1);
}

// A quote that is never closed must not swallow the rest of the file.
TEST(Classification, AnUnclosedQuoteEndsWithItsLine) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(scratch, kSentiment, {"1,\"good\n0,bad\n1,fine\n", "0,poor\n"});

  ASSERT_EQ(loaded.data.train.size(), 3);
  EXPECT_EQ(loaded.data.train[0].source, "\"good");
  EXPECT_EQ(loaded.data.train[2].source, "fine");
}

TEST(Classification, ValidatesOnItsDevFileWhereTheCardSaysSo) {
  const ScratchFolder scratch;
  scratch.write("dev.txt", "1,nice\n");
  const Files files = {"1,fine\n0,awful\n", "0,bad\n"};

  const LoadedCard own =
      load(scratch, kSentiment + "dev = \"dev.txt\"\nvalidation = \"dev\"\n", files);
  const LoadedCard checked = load(scratch, kSentiment + "dev = \"dev.txt\"\n", files);

  ASSERT_EQ(own.data.validation.size(), 1);
  EXPECT_EQ(own.data.validation[0].answer, 1);
  EXPECT_EQ(own.data.train.size(), 2);
  EXPECT_TRUE(checked.data.validation.empty());
  EXPECT_EQ(checked.dev.size(), 1);
  expect_error(kSentiment + "validation = \"dev\"\n", files, "this needs a dev file");
}

TEST(Jsonl, InfersTextsFromATarget) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(
      scratch, "kind = \"jsonl\"\nkeys = { source = \"in.text\", target = \"out\" }\n",
      {"{\"in\": {\"text\": \"a\"}, \"out\": [\"x\", \"y\"]}\n{\"in\": {\"text\": \"b\"}, \"out\": 3}\n"
       "{\"in\": {}, \"out\": \"z\"}\n{\"in\": {\"text\": \"c\"}, \"out\": \"\"}\n",
       "{\"in\": {\"text\": \"d\"}, \"out\": \"w\"}\n"});

  EXPECT_EQ(loaded.data.layout, Layout::text);
  EXPECT_EQ(loaded.data.kind, "generation");
  ASSERT_EQ(loaded.data.train.size(), 2);
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("x", "y"));
  EXPECT_THAT(loaded.data.train[1].references, ElementsAre("3"));
  EXPECT_THAT(loaded.report.files[0].bad,
              UnorderedElementsAre(Pair("missing_columns", 1), Pair("empty_targets", 1)));
}

TEST(Jsonl, InfersQuestionsFromChoices) {
  const std::string row =
      "{\"q\": \"Q\", \"c\": {\"text\": [\"x\", \"y\"], \"label\": [\"A\", \"B\"]}, \"i\": 1, \"n\": 2, "
      "\"l\": \"B\", \"t\": \"y\", \"about\": \"it\"}\n";
  const std::string test =
      "{\"q\": \"R\", \"c\": {\"text\": [\"x\", \"y\"]}, \"i\": 0, \"n\": 1, \"l\": \"A\", \"t\": \"x\", "
      "\"about\": \"it\"}\n";
  for (const auto& [key, is] : {std::pair("i", "index"), std::pair("n", "number"),
                                std::pair("l", "letter"), std::pair("t", "text")}) {
    const ScratchFolder scratch;

    const LoadedCard loaded =
        load(scratch,
             std::string("kind = \"jsonl\"\nanswer_is = \"") + is +
                 "\"\nkeys = { source = \"q\", choices = \"c.text\", answer = \"" + key +
                 "\", fields = { context = \"about\" } }\n",
             {row, test});

    EXPECT_EQ(loaded.data.layout, Layout::question);
    EXPECT_EQ(loaded.data.train[0].answer, 1) << is;
    EXPECT_EQ(loaded.data.test[0].answer, 0) << is;
    EXPECT_THAT(loaded.data.train[0].fields, ElementsAre(Pair("context", "it")));
  }
}

TEST(Jsonl, TakesAPathForEachChoice) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(
      scratch,
      "kind = \"jsonl\"\nkeys = { source = \"q\", choices = [\"a\", \"b\"], answer = \"y\" }\n"
      "answer_is = \"number\"\n",
      {"{\"q\": \"Q\", \"a\": \"x\", \"b\": \"z\", \"y\": 2}\n",
       "{\"q\": \"R\", \"a\": \"x\", \"b\": \"z\", \"y\": 1}\n"});

  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("z"));
}

TEST(Jsonl, InfersAClassificationFromALabel) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(
      scratch,
      "kind = \"jsonl\"\nformat = \"json\"\nkeys = { source = \"ori\", pair = \"b\", label = \"label\" }\n",
      {"{\"0\": {\"ori\": \"x\", \"b\": \"y\", \"label\": true},\n \"1\": {\"ori\": \"z\", \"b\": \"y\", "
       "\"label\": false}}",
       "{\"0\": {\"ori\": \"w\", \"b\": \"y\", \"label\": true}}"});

  EXPECT_EQ(loaded.data.layout, Layout::classification);
  EXPECT_THAT(loaded.data.labels, ElementsAre("false", "true"));
  EXPECT_EQ(loaded.data.train[0].answer, 1);
  EXPECT_EQ(loaded.data.train[0].fields.at("pair"), "y");
}

TEST(Jsonl, RefusesKeysThatDoNotGoTogether) {
  const Files files = {"{}\n", "{}\n"};
  const std::string kind = "kind = \"jsonl\"\n";

  expect_error(kind + "keys = { source = \"a\" }\n", files, "give one of keys.target");
  expect_error(kind + "keys = { source = \"a\", target = \"b\", label = \"c\" }\n", files,
               "give one of keys.target");
  expect_error(kind + "keys = { source = \"a\", choices = \"b\" }\n", files, "belong together");
  expect_error(kind + "keys = { target = \"a\" }\n", files, "\"keys.source\", which is missing");
  expect_error(kind + "keys = { sorce = \"a\" }\n", files, "did you mean \"keys.source\"");
  expect_error(kind + "keys = { source = \"a\", target = \"b\" }\nlabels = { 0 = \"x\" }\n", files,
               "this needs keys.label");
}

TEST(Card, HoldsOutSourcesOfEveryKind) {
  const ScratchFolder scratch;
  std::string rows;
  for (int i = 0; i < 50; ++i) rows += ai2("q" + std::to_string(i), "A");
  // the same words with other choices must go to the same side
  for (int i = 0; i < 50; ++i) {
    std::string row = ai2("q" + std::to_string(i), "A");
    rows += row.replace(row.find("door"), 4, "gate");
  }
  scratch.write("all.jsonl", rows);

  const LoadedCard loaded = load_card(read_card(scratch.write(
      "card.toml", questions("arc") + "name = \"mine\"\ntrain = \"all.jsonl\"\ntest_fraction = 0.2\n")));

  EXPECT_EQ(loaded.data.train.size(), 80);
  EXPECT_EQ(loaded.data.test.size(), 20);
  EXPECT_EQ(loaded.report.shared_sources, 0);
}

TEST(Card, TakesAnotherPublishedSplitByItsName) {
  const ScratchFolder scratch;
  for (const char* seed : {"13", "21"}) {
    scratch.write(std::string("train") + seed + ".csv", std::string("1,good ") + seed + "\n0,bad\n");
  }
  scratch.write("test.csv", "1,fine\n");
  const std::string card = scratch.write(
      "card.toml", kSentiment + "name = \"mine\"\ntrain = \"train{seed}.csv\"\ntest = \"test.csv\"\n"
                                "split_seed = 13\n");

  EXPECT_EQ(find_task(card).load().train[0].source, "good 13");
  EXPECT_EQ(find_task(card).name, "mine");
  EXPECT_EQ(find_task(card + "#split_seed=21").load().train[0].source, "good 21");
  EXPECT_EQ(find_task(card + "#split_seed=21").name, "mine/seed21");
  EXPECT_NE(find_task(card + "#split_seed=21").fingerprint(), find_task(card).fingerprint());
  EXPECT_THROW(find_task(card + "#split_seed=42"), ConfigError) << "no such file";
  EXPECT_THROW(find_task(card + "#shots=3"), ConfigError) << "the card has no shots";
  EXPECT_THROW(find_task(card + "#seed=21"), ConfigError) << "it is called split_seed";
  EXPECT_THROW(find_task(card + "#split_seed=x"), ConfigError);
  EXPECT_THROW(find_task(card + "#xNeed"), ConfigError) << "no relations";
}

TEST(VerifyTask, ReportsWhatIsRefusedInsteadOfThrowing) {
  const ScratchFolder scratch;
  scratch.write("train.txt", ai2("x", "A") + ai2("y", "A"));
  scratch.write("test.txt", ai2("y", "A"));
  const std::string card = scratch.write(
      "card.toml", questions("arc") + "name = \"mine\"\ntrain = \"train.txt\"\ntest = \"test.txt\"\n");

  const DataReport leaking = verify_task(card);
  scratch.write("test.txt", "");
  const DataReport empty = verify_task(card);

  EXPECT_THAT(leaking.refusals, ElementsAre(AllOf(HasSubstr("test.txt:1: question \"y\" is also at"),
                                                  HasSubstr("train.txt:2"))));
  EXPECT_EQ(leaking.train_examples, 2);
  EXPECT_THAT(empty.refusals, ElementsAre(HasSubstr("test.txt:1: the file is empty")));
  EXPECT_EQ(nlohmann::json(leaking)["refusals"].size(), 1);
}

// All but the files of every shipped card must be right.
TEST(ShippedCards, AreRightButForTheirFiles) {
  const std::vector<std::string> cards = shipped_cards();
  EXPECT_GE(cards.size(), 30);
  for (const std::string& card : cards) {
    try {
      find_task(card);
      ADD_FAILURE() << card << " found data in the repository";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("train: there is no file"), HasSubstr("docs/data.md")))
          << card;
    }
  }
}

}  // namespace
}  // namespace dovetail
