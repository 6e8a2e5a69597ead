// SPDX-License-Identifier: Apache-2.0
// Cards of the kinds "generation" and "classification" on small files written by hand.
#include "cards/card_fixture.h"

namespace dovetail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

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

// Sentinels and </s> of the data are those of the model: a masked template has two equal gaps.
TEST(Generation, NotesRowsThatSpellSpecialTokens) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(scratch, "kind = \"generation\"\nformat = \"scan\"\n",
                                 {"IN: a <extra_id_0> OUT: I_A\nIN: b OUT: I_B\n"
                                  "IN: c OUT: I_C </s>\nIN: <extra_id_x> <s> OUT: I_D\n",
                                  "IN: e OUT: I_E\n"});

  EXPECT_THAT(loaded.report.notes,
              Contains(testing::AllOf(HasSubstr("train.txt: 2 rows spell <extra_id_K>"),
                                      HasSubstr("(lines 1, 3)"))));
  EXPECT_THAT(loaded.report.notes, testing::Not(Contains(HasSubstr("test.txt: "))));
  EXPECT_EQ(loaded.data.train.size(), 4);
}

TEST(Generation, ReadsScanAndKeepsRepeatedRowsWhereAsked) {
  const ScratchFolder scratch;
  const std::string card = "kind = \"generation\"\nformat = \"scan\"\n";
  const Files files = {
      "IN: jump OUT: I_JUMP\nIN: jump OUT: I_JUMP\nIN: run twice OUT: I_RUN I_RUN\n"
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

TEST(Classification, TurnsLabelsIntoTheirWords) {
  const ScratchFolder scratch;

  const LoadedCard loaded =
      load(scratch, kSentiment,
           {"1,\"fine , \"\"really\"\" .\"\n0,awful\n2,odd\n1, \n1\n0,awful\n1,awful\n ,fair\n",
            "0,bad\n"});

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
                                   Pair("missing_columns", 1), Pair("contradictions", 1),
                                   Pair("empty_targets", 1)))
      << "an empty label is none";
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

}  // namespace
}  // namespace dovetail
