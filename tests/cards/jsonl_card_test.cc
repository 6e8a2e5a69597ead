// SPDX-License-Identifier: Apache-2.0
// Cards of kind "jsonl", and what holds for cards of every kind.
#include "cards/card_files.h"
#include "cards/card_fixture.h"
#include "tasks/find_task.h"
#include "tasks/verify_task.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(Jsonl, InfersTextsFromATarget) {
  const ScratchFolder scratch;

  const LoadedCard loaded =
      load(scratch, "kind = \"jsonl\"\nkeys = { source = \"in.text\", target = \"out\" }\n",
           {"{\"in\": {\"text\": \"a\"}, \"out\": [\"x\", \"y\"]}\n{\"in\": {\"text\": \"b\"}, "
            "\"out\": 3}\n"
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

// Of a head with several tails the long ones go; an example goes with its last.
TEST(Card, LeavesOutLongAnswers) {
  const ScratchFolder scratch;
  const std::string card = "kind = \"jsonl\"\nkeys = { source = \"s\", target = \"t\" }\n";
  const std::string train =
      "{\"s\": \"a\", \"t\": [\"one two\", \"one  two three\"]}\n{\"s\": \"b\", \"t\": \"1 2 "
      "3\"}\n";
  const std::string test = "{\"s\": \"d\", \"t\": \"w\"}\n";

  const LoadedCard loaded = load(scratch, card + "longest_answer = 2\n", {train, test});

  ASSERT_EQ(loaded.data.train.size(), 1);
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("one two"));
  EXPECT_THAT(loaded.report.files[0].left_out, ElementsAre(Pair("long_answers", 1)));
  EXPECT_EQ(loaded.report.files[0].bad_rows(), 0);
  EXPECT_THROW(load(scratch, card + "longest_answer = 0\n", {train, test}), ConfigError);
}

TEST(Jsonl, InfersQuestionsFromChoices) {
  const std::string row =
      "{\"q\": \"Q\", \"c\": {\"text\": [\"x\", \"y\"], \"label\": [\"A\", \"B\"]}, \"i\": 1, "
      "\"n\": 2, "
      "\"l\": \"B\", \"t\": \"y\", \"about\": \"it\"}\n";
  const std::string test =
      "{\"q\": \"R\", \"c\": {\"text\": [\"x\", \"y\"]}, \"i\": 0, \"n\": 1, \"l\": \"A\", \"t\": "
      "\"x\", "
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

  const LoadedCard loaded =
      load(scratch,
           "kind = \"jsonl\"\nkeys = { source = \"q\", choices = [\"a\", \"b\"], answer = \"y\" }\n"
           "answer_is = \"number\"\n",
           {"{\"q\": \"Q\", \"a\": \"x\", \"b\": \"z\", \"y\": 2}\n",
            "{\"q\": \"R\", \"a\": \"x\", \"b\": \"z\", \"y\": 1}\n"});

  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("z"));
}

TEST(Jsonl, InfersAClassificationFromALabel) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(scratch,
                                 "kind = \"jsonl\"\nformat = \"json\"\nkeys = { source = \"ori\", "
                                 "pair = \"b\", label = \"label\" }\n",
                                 {"{\"0\": {\"ori\": \"x\", \"b\": \"y\", \"label\": true},\n "
                                  "\"1\": {\"ori\": \"z\", \"b\": \"y\", "
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
      "card.toml",
      questions("arc") + "name = \"mine\"\ntrain = \"all.jsonl\"\ntest_fraction = 0.2\n")));

  EXPECT_EQ(loaded.data.train.size(), 80);
  EXPECT_EQ(loaded.data.test.size(), 20);
  EXPECT_EQ(loaded.report.shared_sources, 0);
}

TEST(Card, TakesAnotherPublishedSplitByItsName) {
  const ScratchFolder scratch;
  for (const char* seed : {"13", "21"}) {
    scratch.write(std::string("train") + seed + ".csv",
                  std::string("1,good ") + seed + "\n0,bad\n");
  }
  scratch.write("test.csv", "1,fine\n");
  const std::string card = scratch.write(
      "card.toml", kSentiment +
                       "name = \"mine\"\ntrain = \"train{seed}.csv\"\ntest = \"test.csv\"\n"
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
      "card.toml",
      questions("arc") + "name = \"mine\"\ntrain = \"train.txt\"\ntest = \"test.txt\"\n");

  const DataReport leaking = verify_task(card);
  scratch.write("test.txt", "");
  const DataReport empty = verify_task(card);

  EXPECT_THAT(leaking.refusals,
              ElementsAre(AllOf(HasSubstr("test.txt:1: question \"y\" is also at"),
                                HasSubstr("train.txt:2"))));
  EXPECT_EQ(leaking.train_examples, 2);
  EXPECT_THAT(empty.refusals, ElementsAre(HasSubstr("test.txt:1: the file is empty")));
  EXPECT_EQ(nlohmann::json(leaking)["refusals"].size(), 1);
}

TEST(Card, ThatIsNotThereIsAnsweredWithNearNamesOnly) {
  const auto message = [](const std::string& name) -> std::string {
    try {
      find_card(name);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "found";
  };

  EXPECT_THAT(message("pika.toml"), HasSubstr("did you mean \"piqa.toml\"? known: ag_news.toml, "));
  EXPECT_THAT(message("nope.toml"),
              AllOf(HasSubstr("nope.toml: known: ag_news.toml, "), Not(HasSubstr("did you mean"))));
}

TEST(Card, WithoutATestFileMustSayWhatIsHeldOut) {
  const ScratchFolder scratch;
  scratch.write("a.jsonl", "{}\n");
  const std::string card = scratch.write("card.toml",
                                         "kind = \"jsonl\"\nname = \"mine\"\ntrain = \"a.jsonl\"\n"
                                         "keys = { source = \"s\", target = \"t\" }\n");

  try {
    read_card(card);
    ADD_FAILURE() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("which part of the sources is for the test"));
  }
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
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr("train: there is no file"), HasSubstr("docs/data.md")))
          << card;
    }
  }
}

}  // namespace
}  // namespace dovetail
