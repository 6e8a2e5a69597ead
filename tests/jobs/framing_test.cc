// SPDX-License-Identifier: Apache-2.0
#include "jobs/framing.h"

#include <gtest/gtest.h>

#include "jobs/text_rows.h"

namespace dovetail {
namespace {

using Row = std::vector<int32_t>;

const Vocabulary& byte_vocabulary() {
  static const Vocabulary vocabulary = Vocabulary::bytes();  // </s> is 1
  return vocabulary;
}

TEST(Framing, OneTextEndsWhereTheTargetDoes) {
  const Vocabulary& bytes = byte_vocabulary();
  EXPECT_EQ(source_frame(bytes, {10, 11}, RowTexts::two), (Row{10, 11, 1}));
  EXPECT_EQ(source_frame(bytes, {10, 11}, RowTexts::one), (Row{10, 11}));
  EXPECT_EQ(source_frame(bytes, {}, RowTexts::one), Row{});
  EXPECT_EQ(target_frame(bytes, {12}, RowTexts::two), (Row{12, 1}));
  EXPECT_EQ(target_frame(bytes, {12}, RowTexts::one), (Row{12, 1}));
  EXPECT_EQ(framed_target(bytes, {12, 13, 14}, 3, RowTexts::one), (Row{12, 13, 1}));
}

// Documents of 3 tokens: 10 11 12, 13 14 15, ...
Documents short_documents(int64_t count) {
  return {count, count * 3, [](int64_t index) {
            const auto first = static_cast<int32_t>(10 + 3 * index);
            return Row{first, first + 1, first + 2};
          }};
}

// Full rows of 8: a document ends in </s> where it ends, and a row does not where it is cut.
TEST(LanguageModelling, RowsAreRunningText) {
  PretrainSettings settings;
  settings.sequence_length = 9;
  settings.batch_tokens = 9;
  TextRows rows(short_documents(6), byte_vocabulary(), {"language_modelling", Json::object()},
                settings, RowTexts::one);
  Row text;
  for (int i = 0; i < 3; ++i) {
    const Sequence row = rows.next().sequence;
    EXPECT_TRUE(row.source.empty());
    EXPECT_EQ(row.target.size(), 8u);
    text.insert(text.end(), row.target.begin(), row.target.end());
  }
  for (size_t i = 0; i < text.size(); ++i) {
    EXPECT_EQ(text[i] == 1, i % 4 == 3) << i;
    if (i % 4 == 1 || i % 4 == 2) {
      EXPECT_EQ(text[i], text[i - 1] + 1) << i;
    }
  }
}

// One document a row, or several whole ones with masks: each ends in </s>.
TEST(LanguageModelling, DocumentsOfTheirOwnEnd) {
  for (const bool pack_pairs : {false, true}) {
    PretrainSettings settings;
    settings.sequence_length = 9;
    settings.batch_tokens = 9;
    settings.pack_sequences = false;
    settings.pack_pairs = pack_pairs;
    TextRows rows(short_documents(6), byte_vocabulary(), {"language_modelling", Json::object()},
                  settings, RowTexts::one);
    const Sequence row = rows.next().sequence;
    EXPECT_EQ(row.target.size(), pack_pairs ? 8u : 4u);
    EXPECT_EQ(row.target[3], 1);
    EXPECT_EQ(row.target.back(), 1);
    EXPECT_EQ(row.target_ends, pack_pairs ? (Row{4, 8}) : Row{});

    const Sequence* one = &row;
    const Batch batch = collate({&one, 1});
    EXPECT_EQ(batch.source_BS.size(1), 0);
    EXPECT_EQ(batch.num_targets, static_cast<int64_t>(row.target.size()));
    EXPECT_EQ(batch.segments_BT.defined(), pack_pairs);
  }
}

}  // namespace
}  // namespace dovetail
