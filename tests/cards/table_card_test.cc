// SPDX-License-Identifier: Apache-2.0
// What cards say when data or keys are there that nothing reads. The kinds of data that a card of
// kind "table" can say: kinds_of_data_test.py.
#include "cards/card_fixture.h"
#include "tasks/verify_task.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

const std::string kTable = "kind = \"table\"\nformat = \"csv\"\n";
const std::string kText = kTable + "keys = { source = \"s\", target = \"t\" }\n";

std::vector<std::string> notes_of(const std::string& card, const Files& files) {
  const ScratchFolder scratch;
  return load(scratch, card, files).data.notes;
}

TEST(Unread, ColumnsAndKeysAreNamedUnlessTheCardIgnoresThem) {
  const Files csv = {"s,t,id,note\na,b,1,x\n", "s,t,id,note\nc,d,2,y\n"};
  const Files json = {"{\"s\": \"a\", \"t\": \"b\", \"more\": 1}\n",
                      "{\"s\": \"c\", \"t\": \"d\"}\n"};

  EXPECT_THAT(notes_of(kText, csv),
              ElementsAre("train.txt, test.txt: nothing reads the columns id, note; if that is "
                          "right, list them in the card's key ignore"));
  EXPECT_THAT(notes_of(kText + "ignore = [\"id\", \"note\"]\n", csv), ElementsAre());
  EXPECT_THAT(notes_of("kind = \"jsonl\"\nkeys = { source = \"s\", target = \"t\" }\n", json),
              ElementsAre("train.txt: nothing reads the column more; if that is right, list it in "
                          "the card's key ignore"));
}

TEST(Unread, NumberedColumnsAndThoseOfAClassificationCountToo) {
  EXPECT_THAT(notes_of("kind = \"classification\"\ncolumns = { text = 1, label = 2 }\n",
                       {"a\tyes\tz\nb\tno\tz\n", "c\tyes\n"}),
              ElementsAre(HasSubstr("train.txt: nothing reads the column 3")));
}

TEST(Unread, QuotesWhereNothingIsQuotedAreCounted) {
  EXPECT_THAT(notes_of("kind = \"classification\"\ncolumns = { text = 1, label = 2 }\n",
                       {"a\tyes\n\"b\"\tno\n\"c\" d\tno\n", "e\tyes\n"}),
              ElementsAre(HasSubstr("2 cells begin with a quote (\"), the first in line 2")));
}

TEST(Unread, StrayQuotesAreCountedAndSwallowNothing) {
  EXPECT_THAT(
      notes_of(kText, {"s,t\na,x\n\"b,x\nc,y\n\"d,x\n", "s,t\ne,y\n"}),
      ElementsAre(HasSubstr("train.txt: 2 rows have a quote (\") that is not closed, or that "
                            "closes in the midst of a text, the first in line 3")));
}

// "text 12, more,answer" without quotes: the target would be " more".
TEST(Superfluous, CellsBeyondTheHeaderMakeABadRow) {
  const ScratchFolder scratch;
  std::string rows = "s,t\n";
  for (int i = 0; i < 20; ++i) rows += fmt::format("text {},answer\n", i);

  const LoadedCard loaded =
      load(scratch, kText, {rows + "text, more,answer\nlast,empty cells,,\n", "s,t\nq,r\n"});

  EXPECT_THAT(loaded.report.files[0].bad, ElementsAre(Pair("superfluous_cells", 1)));
  EXPECT_EQ(loaded.data.train.back().references[0], "empty cells");
}

TEST(Header, AColumnThatStandsThereTwiceHasNoName) {
  expect_error("kind = \"table\"\nformat = \"csv\"\nkeys = { source = \"s\", target = \"t\" }\n",
               {"s,t,s\na,b,c\n", "s,t,s\nd,e,f\n"}, "the header has the column \"s\" twice");
}

TEST(Answers, LinesOfASecondFileBelongToCellsToo) {
  const ScratchFolder scratch;
  scratch.write("train.ans", "one\ntwo\n");
  scratch.write("test.ans", "three\n");

  const LoadedCard loaded =
      load(scratch,
           "kind = \"table\"\nformat = \"tsv\"\ntrain_answers = \"train.ans\"\n"
           "test_answers = \"test.ans\"\nkeys = { source = 1, target = \"answers\" }\n",
           {"a\nb\n", "c\n"});

  EXPECT_EQ(loaded.data.train[1].references[0], "two");
}

TEST(Missing, SaysWhatStandsThereInstead) {
  const std::string card = "kind = \"jsonl\"\nkeys = { source = \"s\", target = ";
  expect_error(card + "\"tt\" }\n", {"{\"s\":\"a\",\"t\":\"b\"}\n", "{\"s\":\"c\",\"t\":\"d\"}\n"},
               "there is no text at the key \"tt\"; did you mean \"t\"? (known: s, t)");
  expect_error(card + "\"t\" }\n",
               {"{\"s\":\"a\",\"t\":{\"x\":\"b\"}}\n", "{\"s\":\"c\",\"t\":\"d\"}\n"},
               "an object with the keys x; name one of them, as in t.x");
}

TEST(Unread, ListsThatAreTextAreNamed) {
  EXPECT_THAT(notes_of(kText, {"s,t\na,\"[\"\"x\"\"]\"\n", "s,t\nb,\"[\"\"y\"\"]\"\n"}),
              Each(HasSubstr("the texts of \"t\" are JSON")));
}

TEST(Unread, AFirstLineOfUsualNamesIsNamed) {
  EXPECT_THAT(
      notes_of("kind = \"kg-tsv\"\nphrase = \"{source}\"\n", {"Source\ttarget\na\tb\n", "c\td\n"}),
      ElementsAre(HasSubstr("train.txt: line 1 looks like a header")));
}

TEST(Unread, ThreeColumnsWithoutARelationAreRefused) {
  const Files files = {"go\txNeed\tshoes\n", "run\txNeed\trest\n"};

  expect_error("kind = \"kg-tsv\"\n", files, "train.txt:1: this row has 3 columns");
  EXPECT_THAT(notes_of("kind = \"kg-tsv\"\ncolumns = { head = 1, tail = 3 }\n", files),
              Each(HasSubstr("nothing reads the column 2")));
}

TEST(Unread, AMisspeltRelationGetsTheNearestName) {
  expect_error("kind = \"kg-tsv\"\nrelation = \"xNed\"\n",
               {"go\txNeed\tshoes\ngo\txWant\trest\n", "a\txNeed\tb\n"},
               "no row has the relation \"xNed\": did you mean \"xNeed\"?");
}

TEST(KgTsv, ReadsQuotesWhereCommasEndTheColumns) {
  const ScratchFolder scratch;
  const Files files = {"\"Paris, the city\",capital\n", "Nice,\"sea, sun\"\n"};
  const std::string card = "kind = \"kg-tsv\"\ndelimiter = \",\"\n";

  const LoadedCard quoted = load(scratch, card, files);
  const LoadedCard plain = load(scratch, card + "quotes = false\n", {"\"a\",b\n", "c,d\n"});

  EXPECT_EQ(quoted.data.train[0].source, "Paris, the city");
  EXPECT_THAT(quoted.data.test[0].references, ElementsAre("sea, sun"));
  EXPECT_THAT(quoted.data.notes, Contains(HasSubstr("texts in double quotes are read as CSV")));
  EXPECT_EQ(plain.data.train[0].source, "\"a\"");
}

TEST(BadRows, AboveTheShareAreRefusedWithTheirClasses) {
  const std::string test = "{\"s\": \"z\", \"t\": \"z\"}\n";
  std::string rows;
  for (int i = 0; i < 18; ++i) rows += fmt::format("{{\"s\": \"{}\", \"t\": \"x\"}}\n", i);
  const std::string card = "kind = \"jsonl\"\nkeys = { source = \"s\", target = \"t\" }\n";
  const Files tenth = {rows + "no\nno\n", test}, more = {rows + "no\nno\n{\"s\": 1}\n", test};

  EXPECT_THAT(notes_of(card + "bad_rows = 0.1\n", tenth),
              ElementsAre("2 of 20 rows of train.txt are bad and left out (2 not_json)"));
  expect_error(card + "bad_rows = 0.1\n", more,
               "3 of 21 rows of train.txt are bad (1 missing_columns, 2 not_json), and bad_rows "
               "allows a share of 0.1");
  expect_error(card + "bad_rows = \"refuse\"\n", tenth, "and bad_rows allows none");
  EXPECT_EQ(notes_of(card + "bad_rows = \"skip\"\n", more).size(), 1);
  expect_error(card + "bad_rows = 2\n", tenth, "from 0 to 1, found 2");
}

// A third of the answers falls out, and all others would be wrong.
TEST(Answers, CountedFromTheOtherStartAreRefused) {
  const auto rows = [](int first) {
    std::string text;
    for (int i = 0; i < 6; ++i) {
      text += fmt::format("{{\"q\": \"{}\", \"c\": [\"x\", \"y\", \"z\"], \"a\": {}}}\n", i,
                          first + i % 3);
    }
    return text;
  };
  const auto card = [](const std::string& is) {
    return "kind = \"jsonl\"\nkeys = { source = \"q\", choices = \"c\", answer = \"a\" }\n"
           "answer_is = \"" +
           is + "\"\n";
  };
  const std::string test = "{\"q\": \"t\", \"c\": [\"x\", \"y\", \"z\"], \"a\": 1}\n";

  expect_error(card("index"), {rows(1), test}, "2 answers are the number of choices and none is 0");
  expect_error(card("index"), {rows(1), test}, "set answer_is = \"number\"");
  expect_error(card("number"), {rows(0), test}, "set answer_is = \"index\"");
  const ScratchFolder scratch;
  EXPECT_EQ(load(scratch, card("number"), {rows(1), test}).data.train.size(), 6);
}

TEST(Fields, ThatNoTemplateSaysAreRefused) {
  const Files files = {"{}\n", "{}\n"};
  const std::string jsonl = "kind = \"jsonl\"\n";

  expect_error(jsonl + "keys = { source = \"q\", target = \"a\", fields = { context = \"c\" } }\n",
               files, "no template says the field \"context\" of such a task");
  expect_error(jsonl + "keys = { source = \"q\", target = \"a\", pair = \"b\" }\n", files,
               "source = \"{q} pair: {b}\"");
  expect_error(jsonl + "keys = { source = \"q\", label = \"a\", fields = { fact = \"c\" } }\n",
               files, "(it may have pair)");
  expect_error(jsonl +
                   "keys = { source = \"q\", choices = \"c\", answer = \"a\", fields = { by = "
                   "\"w\" } }\n",
               files, "(it may have context, passage, fact)");
}

TEST(SourceTexts, FillColumnsIn) {
  const ScratchFolder scratch;

  const LoadedCard loaded =
      load(scratch, "kind = \"jsonl\"\nkeys = { source = \"{{x}} {a}: {b}\", target = \"t\" }\n",
           {"{\"a\": \"q\", \"b\": [\"dog\", \"run\"], \"t\": \"y\"}\n"
            "{\"a\": \"\", \"b\": \"\", \"t\": \"y\"}\n{\"a\": \"q\", \"t\": \"y\"}\n",
            "{\"a\": 1, \"b\": null, \"t\": \"y\"}\n"});

  EXPECT_EQ(loaded.data.train[0].source, "{x} q: dog run");
  EXPECT_EQ(loaded.data.test[0].source, "{x} 1:");
  EXPECT_THAT(loaded.report.files[0].bad,
              testing::UnorderedElementsAre(Pair("empty_sources", 1), Pair("missing_columns", 1)));
  expect_error("kind = \"jsonl\"\nkeys = { source = \"{a\", target = \"t\" }\n", {"{}\n", "{}\n"},
               "expected a column's name between { and }");
  expect_error("kind = \"jsonl\"\nkeys = { source = \"a}\", target = \"t\" }\n", {"{}\n", "{}\n"},
               "found a } without its {");
}

TEST(JoinedAnswers, OfSeveralRowsAreSeveralReferences) {
  const ScratchFolder scratch;
  scratch.write("gold.csv", "id,t\n1,x\n1,y\n2,z\n");
  const std::string card = kTable +
                           "keys = { id = \"n\", source = \"s\", target = \"answers.t\" }\n"
                           "answers_id = \"id\"\n"
                           "train_answers = \"gold.csv\"\ntest_answers = \"gold.csv\"\n";

  const LoadedCard loaded = load(scratch, card, {"n,s\n1,a\n3,c\n", "n,s\n2,b\n"});

  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("x", "y"));
  EXPECT_THAT(loaded.report.files[0].bad, ElementsAre(Pair("missing_columns", 1))) << "no answer";
  EXPECT_THAT(loaded.data.notes, Not(Contains(HasSubstr("nothing reads"))));
}

TEST(DropTails, WorksInEveryKind) {
  const ScratchFolder scratch;
  const std::string drop = "drop_tails = [\"-\"]\n";

  const LoadedCard labels = load(scratch, kSentiment.substr(0, kSentiment.find("labels")) + drop,
                                 {"1,good\n-,none\n0,bad\n", "1,fine\n"});
  const LoadedCard texts = load(scratch, kText + drop, {"s,t\na,b\nc,-\n", "s,t\nd,e\n"});

  EXPECT_THAT(labels.report.files[0].left_out, ElementsAre(Pair("dropped_targets", 1)));
  EXPECT_THAT(texts.report.files[0].left_out, ElementsAre(Pair("dropped_targets", 1)));
}

}  // namespace
}  // namespace dovetail
