// SPDX-License-Identifier: Apache-2.0
// The report of a card on examples that its splits share, and on their labels.
#include "cards/card_fixture.h"
#include "tasks/verify_task.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kBegin =
    "name = \"mine\"\ntrain = \"train.txt\"\nkind = \"jsonl\"\nkeys = { source = \"s\", target = "
    "\"t\" }\n";
const std::string kTexts = kBegin + "test = \"test.txt\"\n";
const std::string kFacts =
    "name = \"mine\"\ntrain = \"train.txt\"\ntest = \"test.txt\"\nkind = \"kg-tsv\"\nrelation = "
    "\"*\"\n"
    "verbalizer = \"atomic2020\"\n";
const std::string kLabelled =
    "name = \"mine\"\ntrain = \"train.txt\"\ntest = \"test.txt\"\nkind = \"classification\"\n"
    "format = \"csv\"\ncolumns = { text = 2, label = 1 }\n";

std::string texts(const std::vector<std::string>& sources) {
  std::string rows;
  for (const std::string& source : sources) rows += "{\"s\": \"" + source + "\", \"t\": \"x\"}\n";
  return rows;
}

DataReport verify(const std::string& card, const std::string& train, const std::string& test,
                  const std::string& dev = "") {
  const ScratchFolder scratch;
  scratch.write("train.txt", train);
  scratch.write("test.txt", test);
  if (!dev.empty()) scratch.write("dev.txt", dev);
  return verify_task(scratch.write("card.toml", card));
}

TEST(Leaks, AreCountedWhereTheyAreRefusedToo) {
  std::vector<std::string> numbers;
  for (int i = 0; i < 22; ++i) numbers.push_back("n" + std::to_string(i));
  std::vector<std::string> more = numbers;
  more.push_back("only tested");
  numbers.insert(numbers.begin(), "only trained");

  const DataReport report = verify(kTexts, texts(numbers), texts(more));

  EXPECT_EQ(report.files[0].leaks, 0);
  EXPECT_EQ(report.files[1].leaks, 22);
  EXPECT_EQ(report.shared_sources, 0);
  ASSERT_EQ(report.refusals.size(), 1);
  EXPECT_THAT(report.refusals[0],
              AllOf(HasSubstr("test.txt:1: text \"n0\" is also at"), HasSubstr("22 texts of mine"),
                    HasSubstr("the first 20 are at\n")));
  EXPECT_THAT(report.refusals[0], AllOf(HasSubstr("test.txt:20 and "), HasSubstr("train.txt:21"),
                                        Not(HasSubstr("test.txt:21"))));
}

TEST(Leaks, OfTwoEarlierSplitsCountOnce) {
  const DataReport report = verify(kTexts + "dev = \"dev.txt\"\n", texts({"a", "b"}),
                                   texts({"a", "c", "d"}), texts({"a", "c"}));

  EXPECT_EQ(report.files[1].split, "test");
  EXPECT_EQ(report.files[1].leaks, 2) << "a, which train and dev have, and c of dev";
  EXPECT_EQ(report.files[2].leaks, 1) << "a";
}

// Of two heads that both splits have, "eat" leaks and "go" is there with another relation.
TEST(Leaks, AreNoSharedSources) {
  const DataReport report = verify(kFacts, "go\txNeed\ta car\neat\txNeed\ta fork\n",
                                   "eat\txNeed\ta knife\ngo\txWant\tto stay\n");

  EXPECT_EQ(report.files[1].leaks, 1);
  EXPECT_EQ(report.shared_sources, 1);
}

TEST(OtherCase, IsNotedAndNotRefused) {
  const std::string train = texts({"what is 1", "What Is 1", "b", "c"});
  const std::string test = texts({"WHAT IS 1", "what is 1 ", "B", "d"});
  const auto noted = AllOf(HasSubstr("test.txt:1: text \"WHAT IS 1\" is also at"),
                           HasSubstr("apart from upper and lower case; 2 texts of mine"));

  const DataReport refused = verify(kTexts, train, test);
  const DataReport dropped = verify(kTexts + "leaks = \"drop_from_test\"\n", train, test);

  EXPECT_EQ(refused.files[1].leaks, 1) << "\"what is 1\" is the same";
  EXPECT_THAT(refused.notes, Contains(noted));
  EXPECT_THAT(dropped.refusals, ElementsAre());
  EXPECT_EQ(dropped.test_examples, 3);
  EXPECT_THAT(dropped.notes, Contains(noted));
}

// Capital letters come before small ones: choices must be lowered before they are put in order.
TEST(OtherCase, OfChoicesIsNotedToo) {
  const auto question = [](const std::string& choices) {
    return "{\"q\": \"Q\", \"c\": [" + choices + "], \"a\": 0}\n";
  };
  const std::string card =
      "name = \"mine\"\ntrain = \"train.txt\"\ntest = \"test.txt\"\nkind = \"jsonl\"\n"
      "keys = { source = \"q\", choices = \"c\", answer = \"a\" }\nanswer_is = \"index\"\n";

  const DataReport report = verify(card, question("\"B\", \"a\""), question("\"b\", \"a\""));

  EXPECT_THAT(report.notes, Contains(HasSubstr("; 1 questions of mine are in two splits")));
}

TEST(OtherCase, IsNotedWhereOneFileIsSplit) {
  const DataReport report = verify(kBegin + "test_fraction = 0.5\n", texts({"a", "A"}), "");
  const DataReport apart = verify(kBegin + "test_fraction = 0.5\n", texts({"a", "B"}), "");

  EXPECT_THAT(
      report.notes,
      Contains(AnyOf(AllOf(HasSubstr("train.txt:2: text \"A\""), HasSubstr("train.txt:1 apart")),
                     AllOf(HasSubstr("train.txt:1: text \"a\""), HasSubstr("train.txt:2 apart")))));
  EXPECT_THAT(apart.notes, Not(Contains(HasSubstr("case of letters"))));
}

TEST(Labels, AreCountedBySplit) {
  const std::string train = "good,a\nbad,b\ngood,c\nbda,d\n", test = "good,e\nbad,f\n";

  const nlohmann::json report = verify(kLabelled, train, test);
  const DataReport both = verify(kLabelled + "dev = \"dev.txt\"\n", train, test, "bda,g\n");

  EXPECT_EQ(report["labels"], nlohmann::json::parse(R"([
      {"label": "bad", "train": 1, "test": 1, "dev": 0},
      {"label": "bda", "train": 1, "test": 0, "dev": 0},
      {"label": "good", "train": 2, "test": 1, "dev": 0}])"));
  EXPECT_THAT(report["notes"].get<std::vector<std::string>>(),
              Contains(HasSubstr("only one split has the label \"bda\" (train, 1 examples);")));
  EXPECT_EQ(both.labels[1].dev, 1);
  EXPECT_THAT(both.notes, Not(Contains(HasSubstr("only one split"))));
  EXPECT_TRUE(verify(kTexts, texts({"a"}), texts({"b"})).labels.empty());
}

// Of a long text the report shows the beginning, which must not end within a letter: JSON could
// not hold it.
TEST(Labels, ThatAreLongAreCutBetweenLetters) {
  const std::string begin(59, 'l');

  const DataReport report =
      verify(kLabelled, begin + "\u00e9,a\n" + begin + "i,a\n" + begin + "i,b\n", "x,c\n");

  EXPECT_THAT(report.problems, ElementsAre(HasSubstr("\"" + begin + "...\" at line 1")));
  EXPECT_NO_THROW(nlohmann::json(report).dump());
}

}  // namespace
}  // namespace dovetail
