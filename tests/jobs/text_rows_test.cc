// SPDX-License-Identifier: Apache-2.0
#include "jobs/text_rows.h"

#include <gtest/gtest.h>

#include <set>

namespace dovetail {
namespace {

const Vocabulary& bytes() {
  static const Vocabulary vocabulary = Vocabulary::bytes();
  return vocabulary;
}

// `count` documents of `length` tokens each: 10, 11, ... , which no other document has.
Documents numbered(int64_t count, int64_t length) {
  return {count, count * length, [length](int64_t index) {
            std::vector<int32_t> tokens;
            for (int64_t i = 0; i < length; ++i)
              tokens.push_back(static_cast<int32_t>(10 + index * length + i));
            return tokens;
          }};
}

PretrainSettings settings_of(int64_t sequence_length, int64_t rows) {
  PretrainSettings settings;
  settings.sequence_length = sequence_length;
  settings.batch_tokens = rows * sequence_length;
  settings.pack_sequences = false;
  return settings;
}

TEST(ChunkStream, SeparatesDocumentsWhereAsked) {
  for (const bool separates : {false, true}) {
    ChunkStream stream(numbered(4, 3),
                       {.longest = 8, .separator = separates ? std::optional(1) : std::nullopt}, 1);
    std::vector<int32_t> text;
    for (int i = 0; i < 2; ++i) {
      const std::vector<int32_t> chunk = stream.next();
      text.insert(text.end(), chunk.begin(), chunk.end());
    }
    for (size_t i = 0; i < text.size(); ++i) EXPECT_EQ(text[i] == 1, separates && i % 4 == 3) << i;
  }
}

TEST(ChunkStream, CutsChunksOfTheLengthAskedFor) {
  ChunkStream stream(numbered(4, 3), {.longest = 8}, 1);
  EXPECT_EQ(stream.next(2).size(), 2u);
  EXPECT_EQ(stream.next(7).size(), 7u);
}

// Prefix LM of documents of 7 tokens: a pair takes 1 to 6 + 1 of source and the rest + 1 of target,
// 9 together. Two pairs always fit a side of 15.
TEST(TextRows, PairsShareRowsWhole) {
  PretrainSettings settings = settings_of(15, 4);
  settings.pack_pairs = true;
  TextRows rows(numbered(12, 7), bytes(), {"prefix_lm", Json::object()}, settings);
  for (int i = 0; i < 50; ++i) {
    const TextRow row = rows.next();
    const Sequence& all = row.sequence;
    EXPECT_GE(row.examples.size(), 2u);
    EXPECT_LE(all.source.size(), 15u);
    EXPECT_LE(all.target.size(), 15u);
    ASSERT_EQ(all.source_ends.size(), row.examples.size());
    int32_t source = 0, target = 0;
    for (size_t k = 0; k < row.examples.size(); ++k) {  // each example is a whole document
      std::vector<int32_t> text(all.source.begin() + source,
                                all.source.begin() + all.source_ends[k] - 1);
      text.insert(text.end(), all.target.begin() + target,
                  all.target.begin() + all.target_ends[k] - 1);
      ASSERT_EQ(text.size(), 7u);
      for (size_t j = 1; j < 7; ++j) EXPECT_EQ(text[j], text[0] + static_cast<int32_t>(j));
      source = all.source_ends[k];
      target = all.target_ends[k];
    }
  }
}

// By hand: 20 tokens of text give span corruption round(3) = 3 tokens of noise in one span at the
// end: 17 + sentinel + </s> = 19 of source, 3 + sentinel + </s> = 5 of target.
TEST(StepSpending, IsCountedByHand) {
  const PretrainSettings settings = settings_of(32, 4);
  const ModelSize size{.encoder = 1000, .decoder = 100, .cross = 10, .head = 1};
  TextRows rows(numbered(10, 20), bytes(), {"span_corruption", Json::object()}, settings);
  const Spending step = step_spending(rows, settings, size, 40);
  EXPECT_EQ(step.examples, 4);
  EXPECT_EQ(step.text_tokens, 80);
  EXPECT_EQ(step.source_tokens, 76);
  EXPECT_EQ(step.target_tokens, 20);
  EXPECT_EQ(step.loss_tokens, 20);
  EXPECT_EQ(step.spans, 4);
  EXPECT_EQ(step.final_only, 4);
  // 6 (P_enc S + P_cross S + (P_dec + V d) T) a row, without attention
  EXPECT_NEAR(step.flops, 4 * 6 * (1010.0 * 19 + 101.0 * 5), 1e-6);
}

// Packed in one row of 32 there is room for more than one: text a step rises, rows do not.
TEST(StepSpending, CountsTheExamplesOfPackedRows) {
  PretrainSettings settings = settings_of(40, 4);
  settings.pack_pairs = true;
  TextRows rows(numbered(10, 20), bytes(), {"span_corruption", Json::object()}, settings);
  const Spending step = step_spending(rows, settings, {}, 40);
  EXPECT_EQ(step.examples, 8) << "two of 19 in a row of 40";
  EXPECT_EQ(step.text_tokens, 160);
}

// ul2_paper: each row is cut for the denoiser that is drawn for it. Full rows of the paper's
// denoisers at 64 have their own lengths, and none is longer than the row.
TEST(TextRows, RowsFitTheDenoiserThatIsDrawn) {
  PretrainSettings settings = settings_of(64, 4);
  settings.pack_sequences = true;
  TextRows rows(numbered(10, 200), bytes(), {"ul2_paper", Json::object()}, settings);
  std::set<int64_t> lengths;
  for (int i = 0; i < 200; ++i) {
    const TextRow row = rows.next();
    lengths.insert(row.examples.front().text);
    EXPECT_LE(row.sequence.source.size(), 64u);
  }
  EXPECT_GE(lengths.size(), 5u);
}

}  // namespace
}  // namespace dovetail
