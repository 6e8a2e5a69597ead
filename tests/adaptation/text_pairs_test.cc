// SPDX-License-Identifier: Apache-2.0
#include "adaptation/text_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "cards/test_data.h"

namespace dovetail {
namespace {

TEST(PairRows, AreReadAsTheyWereWritten) {
  const ScratchFolder scratch;
  const std::vector<SplitSentence> sentences = {
      {"A \"ruler\" is used for", "lines\\", "Filling", "ObjectUse", 7},
      {"Bücher und", "Möbel", "", "", 12}};
  write_pairs(scratch.path() / "rows.jsonl", sentences);

  const std::vector<TextPair> pairs = read_pairs(scratch.path() / "rows.jsonl").rows;
  ASSERT_EQ(pairs.size(), 2);
  EXPECT_EQ(pairs[0].source, sentences[0].head);
  EXPECT_EQ(pairs[0].target, sentences[0].tail);
  EXPECT_EQ(pairs[0].group, "Filling");
  EXPECT_EQ(pairs[0].relation, "ObjectUse");
  EXPECT_EQ(pairs[0].line, 7);
  EXPECT_EQ(pairs[1].source, "Bücher und");
}

TEST(PairRows, HaveTheKeysOfTheirFormat) {
  const ScratchFolder scratch;
  const std::string file = scratch.write("p.jsonl",
                                         "{\"prompt\": \" a\\n\", \"completion\": \" b<|end|>\"}\n"
                                         "\n"
                                         "{\"prompt\": \"c\", \"completion\": \"d <|end|> e\"}");
  const std::vector<TextPair> pairs = read_pairs(file, {"prompt", "completion", "<|end|>"}).rows;
  ASSERT_EQ(pairs.size(), 2);
  EXPECT_EQ(pairs[0].source, "a");
  EXPECT_EQ(pairs[0].target, "b");
  EXPECT_EQ(pairs[1].target, "d <|end|> e") << "only at the end";
  EXPECT_EQ(pairs[1].line, 3);
}

TEST(PairRows, SayWhereTheyAreBad) {
  const ScratchFolder scratch;
  const std::string good = "{\"source\": \"a\", \"target\": \"b\"}\n";
  for (const auto& [row, part] : std::vector<std::pair<std::string, std::string>>{
           {"{\"source\": \"a\"}", "p.jsonl:2: no key \"target\""},
           {"{\"source\": \"a\", \"targt\": \"b\"}", "did you mean \"targt\""},
           {"{\"source\": \"a\", \"target\": 3}", "target must be a text"},
           {"{\"source\": \"a\", ", "p.jsonl:2: this is no valid JSON"},
           {"{\"source\": \"a\", \"target\": \"\xff\"}", "no UTF-8"},
           {"[1]", "expected an object"},
           {"{\"source\": \"a\", \"target\": \"b\", \"line\": \"x\"}", "whole number"},
       }) {
    try {
      read_pairs(scratch.write("p.jsonl", good + row + "\n"));
      ADD_FAILURE() << "accepted " << row;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(part));
    }
  }
  EXPECT_TRUE(read_pairs(scratch.write("e.jsonl", "\n")).rows.empty());
  EXPECT_THROW(read_pairs(scratch.path() / "none.jsonl"), ConfigError);
}

TEST(PairRows, WithoutATargetAreCountedAndLeftOut) {
  const ScratchFolder scratch;
  const std::string empty = "{\"source\": \"a\", \"target\": \" <e>\"}\n";
  const std::string good = "{\"source\": \"a\", \"target\": \"b<e>\"}\n";
  const PairFile pairs =
      read_pairs(scratch.write("p.jsonl", empty + good + empty), {.end_marker = "<e>"});
  EXPECT_EQ(pairs.rows.size(), 1);
  EXPECT_EQ(pairs.rows[0].line, 2);
  EXPECT_EQ(pairs.empty_targets, 2);
  EXPECT_EQ(read_pairs(scratch.write("p.jsonl", empty), {.end_marker = "<e>"}).empty_targets, 1);
}

// Counted in Python: 279 files with 52,185 rows. Of these 1,400 completions are the marker alone,
// and they are all that 18 files have, those named trec_*.
TEST(PairRows, ReadTheMixture) {
  const ScratchFolder scratch;
  const std::filesystem::path data = test_data("mix-t0-50k", scratch);
  if (data.empty()) GTEST_SKIP() << "the mixture is not here: set DOVETAIL_TEST_DATA";
  int64_t files = 0, empty_files = 0, empty_rows = 0, rows = 0;
  const auto folder = data / "data/finetuning/t0_train_50k/data_per_template";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++files;
    const PairFile pairs = read_pairs(entry.path(), {"prompt", "completion", "<|endoftext|>"});
    rows += static_cast<int64_t>(pairs.rows.size());
    empty_rows += pairs.empty_targets;
    empty_files += pairs.rows.empty();
    for (const TextPair& pair : pairs.rows) {
      EXPECT_EQ(pair.target.find("<|endoftext|>"), std::string::npos) << entry.path();
    }
  }
  EXPECT_EQ(files, 279);
  EXPECT_EQ(empty_files, 18);
  EXPECT_EQ(empty_rows, 1400);
  EXPECT_EQ(rows, 52185 - 1400);
}

}  // namespace
}  // namespace dovetail
