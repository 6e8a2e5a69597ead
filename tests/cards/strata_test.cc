// SPDX-License-Identifier: Apache-2.0
// The key strata: columns that scores are broken down by.
#include "cards/card_fixture.h"

namespace dovetail {
namespace {

using testing::ElementsAre;

TEST(CardStrata, AreColumnsOfATable) {
  const ScratchFolder scratch;
  const LoadedCard loaded =
      load(scratch,
           "kind = \"table\"\nformat = \"csv\"\nstrata = [\"hops\", \"site\"]\nkeys = { source = "
           "\"q\", target = \"a\" }\n",
           {"q,a,hops,site\nWho?,I,1,here\n", "q,a,hops,site\nWhy?,so,2,there\n"});

  EXPECT_THAT(loaded.data.strata, ElementsAre("hops", "site"));
  EXPECT_THAT(loaded.data.train.at(0).strata, ElementsAre("1", "here"));
  EXPECT_THAT(loaded.data.test.at(0).strata, ElementsAre("2", "there"));
}

TEST(CardStrata, AreNumbersWithoutAHeader) {
  const ScratchFolder scratch;
  const LoadedCard labelled =
      load(scratch, kSentiment + "strata = [3]\n", {"1,Good.,x\n0,Bad.,y\n", "0,Dull.,z\n"});
  EXPECT_THAT(labelled.data.train.at(1).strata, ElementsAre("y"));
  const LoadedCard triples =
      load(scratch, "kind = \"kg-tsv\"\nstrata = [3]\ncolumns = { head = 1, tail = 2 }\n",
           {"cat\tcats\tshort\n", "elephant\telephants\tlong\n"});
  EXPECT_THAT(triples.data.test.at(0).strata, ElementsAre("long"));
}

TEST(CardStrata, OfARowWithoutAValueAreBad) {
  const ScratchFolder scratch;
  const LoadedCard loaded =
      load(scratch,
           "kind = \"table\"\nformat = \"jsonl\"\nstrata = [\"hops\"]\nkeys = { source = \"q\", "
           "target = \"a\" }\n",
           {"{\"q\": \"Who?\", \"a\": \"I\", \"hops\": 1}\n{\"q\": \"When?\", \"a\": \"now\"}\n",
            "{\"q\": \"Why?\", \"a\": \"so\", \"hops\": 2}\n"});

  EXPECT_EQ(loaded.data.train.size(), 1);
  EXPECT_THAT(loaded.report.problems.at(0),
              testing::HasSubstr("train.txt:2: there is no value for the stratum \"hops\""));
}

TEST(CardStrata, ThatCannotBeAreRefused) {
  const Files rows = {"1,Good.,x\n0,Bad.,y\n", "0,Dull.,z\n"};
  expect_error(kSentiment + "strata = [\"site\"]\n", rows,
               "\"site\" is a name, which needs header");
  expect_error(kSentiment + "strata = [0]\n", rows, "strata counts columns from 1, found 0");
  expect_error(kSentiment + "strata = [3, 3]\n", rows, "the column 3 is named twice");
  expect_error(questions("arc") + "strata = [\"x\"]\n", {ai2("Q", "A"), ai2("R", "A")},
               "unknown key \"strata\"");
}

// The published template says that A is right of B, and was made for the opposite.
TEST(StepGameCard, CorrectsLabelsWhereItIsAskedTo) {
  const ScratchFolder scratch;
  const std::string wrong =
      "1 A and B are parallel, and A is to the right of B.\n2 A to B?\tleft\t1\n";
  const std::string right = "1 C is above D.\n2 C to D?\tabove\t1\n";

  const LoadedCard as_published = load(scratch, "kind = \"stepgame\"\n", {wrong, right});
  EXPECT_THAT(as_published.data.train.at(0).references, ElementsAre("left"));
  EXPECT_TRUE(as_published.data.rules.contains("one_sentence"));
  const LoadedCard corrected =
      load(scratch, "kind = \"stepgame\"\ncorrect_labels = true\n", {wrong, right});
  EXPECT_THAT(corrected.data.train.at(0).references, ElementsAre("right"));
  expect_error("kind = \"stepgame\"\n", {"1 A is near B.\n2 A to B?\tleft\t1\n", right},
               "train.txt:2: the sentence \"A is near B.\" has no word for a direction");
}

// The rules of the baselines read the text, wherever its question is.
TEST(StepGameCard, AsksFirstWhereItIsAskedTo) {
  const ScratchFolder scratch;
  const std::string above = "1 A is above B.\n2 A to B?\tabove\t1\n";
  const std::string below = "1 C is below D.\n2 C to D?\tbelow\t1\n";

  const LoadedCard loaded =
      load(scratch, "kind = \"stepgame\"\nquestion_first = true\n", {above, below});

  const Example& example = loaded.data.train.at(0);
  EXPECT_EQ(example.source, "A to B? A is above B.");
  EXPECT_EQ(loaded.data.rules.at("one_sentence")(example), "above");
}

}  // namespace
}  // namespace dovetail
