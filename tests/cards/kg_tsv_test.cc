// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "base/text.h"
#include "cards/card_load.h"
#include "tasks/find_task.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const std::string kTrain =
    "go\txNeed\tto drive\n"
    "go\txNeed\tto walk\n"
    "eat\txNeed\tto cook\n"
    "go\txWant\tto stay\n";
const std::string kTest =
    "sleep\txNeed\ta bed\n"
    "eat\txWant\tto rest\n";

std::string card_text(const std::string& more) {
  return "kind = \"kg-tsv\"\nname = \"my/task\"\ntrain = \"train.tsv\"\n" +
         std::string(more.find("bad_rows") == std::string::npos ? "bad_rows = \"skip\"\n" : "") +
         more;
}

const std::string kOneRelation =
    "test = \"test.tsv\"\nrelation = \"xNeed\"\nverbalizer = \"atomic2020\"\n";

LoadedCard load(const ScratchFolder& scratch, const std::string& train, const std::string& test,
                const std::string& more) {
  scratch.write("train.tsv", train);
  scratch.write("test.tsv", test);
  return load_card(read_card(scratch.write("card.toml", card_text(more))));
}

TEST(KgTsv, GroupsTailsOfAHeadAsReferences) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(scratch, kTrain, kTest, kOneRelation);

  EXPECT_EQ(loaded.data.name, "my/task");
  EXPECT_EQ(loaded.data.prefix, "xNeed");
  EXPECT_EQ(loaded.data.phrase, "But before {source}, PersonX needed");
  ASSERT_EQ(loaded.data.train.size(), 2);
  EXPECT_EQ(loaded.data.train[0].source, "go");
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("to drive", "to walk"));
  EXPECT_EQ(loaded.data.train[1].source, "eat");
  ASSERT_EQ(loaded.data.test.size(), 1);
  EXPECT_EQ(loaded.report.files[0].left_out.at("other_relations"), 1);
  EXPECT_EQ(loaded.report.train_references, 3);
}

TEST(KgTsv, KeepsRelationsApartInATaskOfAll) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(scratch, kTrain, kTest,
                                 "test = \"test.tsv\"\nrelation = \"*\"\n"
                                 "verbalizer = \"atomic2020\"\n");

  ASSERT_EQ(loaded.data.train.size(), 3);
  EXPECT_EQ(loaded.data.train[2].source, "xWant: go");
  EXPECT_EQ(loaded.data.relations.at("xWant").phrase, "After {source}, PersonX would want");
  EXPECT_EQ(loaded.report.shared_sources, 1) << "eat";
}

TEST(KgTsv, TakesOneRelationOfACardOfAll) {
  const ScratchFolder scratch;
  load(scratch, kTrain, kTest,
       "test = \"test.tsv\"\nrelation = \"*\"\nverbalizer = \"atomic2020\"\n");

  const Task task = find_task((scratch.path() / "card.toml").string() + "#xWant");

  EXPECT_EQ(task.name, "my/task/xWant");
  EXPECT_EQ(task.load().train.size(), 1);
  EXPECT_EQ(task.load().prefix, "xWant");
}

TEST(KgTsv, ReadsNamedColumnsOtherDelimitersAndCarriageReturns) {
  const ScratchFolder scratch;

  const LoadedCard loaded = load(scratch,
                                 "\xef\xbb\xbftail;id;head\r\n"
                                 "to  drive ;1; go\r\n"
                                 "\r\n"
                                 "to walk;2;go\r\n"
                                 "to walk;3;go",
                                 "tail;id;head\na;1;sleep\n",
                                 "test = \"test.tsv\"\nheader = true\ndelimiter = \";\"\n"
                                 "columns = { head = \"head\", tail = \"tail\" }\n"
                                 "prefix = \"need\"\nphrase = \"{source} needs\"\n");

  ASSERT_EQ(loaded.data.train.size(), 1);
  EXPECT_THAT(loaded.data.train[0].references, ElementsAre("to drive", "to walk"));
  EXPECT_EQ(loaded.report.files[0].blank_lines, 1);
  EXPECT_EQ(loaded.report.files[0].duplicates, 1);
  EXPECT_EQ(loaded.report.files[0].lines, 5);
  EXPECT_EQ(loaded.data.prefix, "need");
}

TEST(KgTsv, SkipsBadRowsAndCountsThem) {
  const ScratchFolder scratch;
  const std::string bad = "go\txNeed\t\n\txNeed\tx\ngo\txNeed\t\xff\xfe\ngo\txNeed\tnone\n" +
                          std::string("go\txNeed\t") + std::string(1 << 20, 'y') +
                          "\ngo xNeed to run\n";

  const LoadedCard loaded =
      load(scratch, kTrain + bad, kTest, kOneRelation + "drop_tails = [\"none\"]\n");

  const FileReport& report = loaded.report.files[0];
  EXPECT_EQ(report.lines, 10);
  EXPECT_EQ(report.rows, 10);
  EXPECT_EQ(report.kept, 3);
  EXPECT_EQ(report.bad.at("empty_targets"), 1);
  EXPECT_EQ(report.bad.at("empty_sources"), 1);
  EXPECT_EQ(report.bad.at("invalid_utf8"), 1);
  EXPECT_EQ(report.bad.at("too_long"), 1);
  EXPECT_EQ(report.bad.at("missing_columns"), 1);
  EXPECT_EQ(report.left_out.at("dropped_targets"), 1);
  EXPECT_EQ(report.left_out.at("other_relations"), 1);
  EXPECT_EQ(report.bad_rows(), 5);
  ASSERT_EQ(loaded.report.problems.size(), 5);
  EXPECT_THAT(loaded.report.problems[0], HasSubstr("train.tsv:5: the tail is empty"));
  EXPECT_THAT(loaded.report.problems[2], HasSubstr("train.tsv:7: this is not UTF-8"));
  EXPECT_THAT(loaded.report.problems[3], HasSubstr("train.tsv:9: the row has 1048585 bytes"));
  EXPECT_THAT(loaded.report.problems[4],
              HasSubstr("train.tsv:10: expected at least 3 columns, found 1"));
  EXPECT_EQ(nlohmann::json(loaded.report)["files"][0]["bad"]["too_long"], 1);
}

// A relation without a phrase makes a bad row, which is reported with its line.
TEST(KgTsv, CountsRelationsThatTheVerbalizerCannotSay) {
  const ScratchFolder scratch;
  const std::string all = "test = \"test.tsv\"\nrelation = \"*\"\nverbalizer = \"atomic2020\"\n";
  const std::string bad = "PersonX runs\txNede\tshoes\nPersonX runs\tsomething else\tshoes\n";

  const LoadedCard loaded = load(scratch, kTrain + bad, kTest, all);

  EXPECT_EQ(loaded.data.train.size(), 3);
  EXPECT_FALSE(loaded.data.relations.contains("xNede"));
  EXPECT_THAT(loaded.report.files[0].bad, ElementsAre(Pair("unknown_relations", 2)));
  EXPECT_THAT(
      loaded.report.problems,
      ElementsAre(HasSubstr("train.tsv:5: the verbalizer atomic2020 has no phrase for relation "
                            "\"xNede\": did you mean \"xNeed\"?"),
                  HasSubstr("train.tsv:6: the verbalizer atomic2020 has no phrase for relation "
                            "\"something else\": correct the row")));
  EXPECT_EQ(load(scratch, kTrain + bad, kTest, kOneRelation).report.files[0].bad_rows(), 0)
      << "another relation than the one asked for is left out, whatever it is called";
}

void expect_data_error(const std::string& train, const std::string& test, const std::string& more,
                       const std::string& part) {
  const ScratchFolder scratch;
  try {
    load(scratch, train, test, more);
    ADD_FAILURE() << "accepted, where the message should have \"" << part << "\"";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(KgTsv, RefusesWhatWouldSpoilATask) {
  expect_data_error("go xNeed to run\n", kTest, kOneRelation,
                    "no row is left for task my/task; the first bad one: ");
  expect_data_error(kTrain + "go xNeed to run\n", kTest, kOneRelation + "bad_rows = \"refuse\"\n",
                    "train.tsv:5: expected at least 3 columns, found 1");
  expect_data_error(kTrain, "sleep\txNeed\ta bed\neat\txNeed\ta fork\n", kOneRelation,
                    "test.tsv:2: head \"eat\" is also at");
  expect_data_error(kTrain, "eat\txWant\tto rest\n", kOneRelation,
                    "test.tsv: no row has the relation \"xNeed\": known: xWant");
  expect_data_error("", kTest, kOneRelation, "train.tsv:1: the file is empty");
  expect_data_error(kTrain + "go\txNeed\t\n", kTest, kOneRelation + "bad_rows = \"refuse\"\n",
                    "train.tsv:5: the tail is empty");
  expect_data_error(kTrain + "go\txNede\tto run\n", kTest,
                    "test = \"test.tsv\"\nrelation = \"*\"\nverbalizer = \"atomic2020\"\n"
                    "bad_rows = \"refuse\"\n",
                    "train.tsv:5: the verbalizer atomic2020 has no phrase for relation \"xNede\"");
  expect_data_error("hed\trelation\ttail\na\tb\tc\n", kTest,
                    kOneRelation + "header = true\ncolumns.head = \"head\"\n",
                    "train.tsv:1: the header has no column \"head\": did you mean \"hed\"");
}

TEST(KgTsv, ChecksTheDevFileForLeaksToo) {
  const ScratchFolder scratch;
  scratch.write("dev.tsv", "go\txNeed\tto fly\n");

  EXPECT_THROW(load(scratch, kTrain, kTest, kOneRelation + "dev = \"dev.tsv\"\n"), DataError);
  scratch.write("dev.tsv", "run\txNeed\tto fly\n");
  EXPECT_EQ(load(scratch, kTrain, kTest, kOneRelation + "dev = \"dev.tsv\"\n").dev.size(), 1);
}

TEST(KgTsv, HoldsOutHeadsWhereThereIsOneFile) {
  std::string rows, reversed;
  for (int i = 0; i < 100; ++i) {
    for (const char* relation : {"xNeed", "xWant"}) {
      const std::string row = "head" + std::to_string(i) + "\t" + relation + "\ttail\n";
      rows += row;
      reversed = row + reversed;
    }
  }
  const std::string more = "test_fraction = 0.2\nrelation = \"*\"\nverbalizer = \"atomic2020\"\n";
  const auto test_sources = [&](const std::string& text) {
    const ScratchFolder scratch;
    const LoadedCard loaded = load(scratch, text, "", more);
    EXPECT_EQ(loaded.data.train.size(), 160);
    EXPECT_EQ(loaded.data.test.size(), 40);
    EXPECT_EQ(loaded.report.shared_sources, 0);
    std::set<std::string> sources;
    for (const Example& example : loaded.data.test) sources.insert(example.source);
    return sources;
  };

  EXPECT_EQ(test_sources(rows), test_sources(reversed));
}

TEST(KgTsv, FingerprintFollowsContentAndNotPlace) {
  const ScratchFolder scratch;
  const auto fingerprint = [&](const std::string& train, const std::string& more) {
    load(scratch, train, kTest, more);
    return find_task((scratch.path() / "card.toml").string()).fingerprint();
  };
  const std::string here = fingerprint(kTrain, kOneRelation);

  EXPECT_EQ(fingerprint(kTrain, kOneRelation + "# a comment\n"), here);
  EXPECT_NE(fingerprint(kTrain + "run\txNeed\tto fly\n", kOneRelation), here);
  EXPECT_NE(fingerprint(kTrain, kOneRelation + "prefix = \"need\"\n"), here);
  EXPECT_NE(fingerprint(kTrain, kOneRelation + "encoding = \"latin-1\"\n"), here);
}

TEST(IsValidUtf8, KnowsTheBorders) {
  for (const char* good : {"", "abc", "\u00e9", "\u20ac", "\U0001f600", "\xed\x9f\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "\xff", "a\xe2\x82"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
  }
  EXPECT_FALSE(is_valid_utf8(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace dovetail
