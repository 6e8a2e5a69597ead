// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>

#include "jobs/packed_text.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "base/error.h"
#include "text/build_corpus.h"
#include "text/train_vocabulary.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

class TextRowsTest : public testing::Test {
 protected:
  TextRowsTest()
      : folder_(fs::temp_directory_path() / fmt::format("dovetail_rows_{}", ::getpid())) {
    fs::create_directories(folder_);
    std::ofstream text(folder_ / "text.txt");
    for (int i = 0; i < 60; ++i) text << "line " << i << " of a small text\n";
  }
  ~TextRowsTest() override { fs::remove_all(folder_); }

  TokenCorpus corpus() const {
    build_corpus({folder_ / "text.txt"}, vocabulary_, folder_ / "text.tokens");
    return TokenCorpus(folder_ / "text.tokens");
  }

  fs::path folder_;
  Vocabulary vocabulary_ = Vocabulary::bytes();
};

TEST_F(TextRowsTest, AnEpochHoldsEveryTokenOnce) {
  const TokenCorpus tokens = corpus();
  std::map<int32_t, int64_t> expected, seen;
  for (int64_t i = 0; i < tokens.num_documents(); ++i) {
    for (int32_t id : tokens.document(i)) ++expected[id];
  }
  ChunkStream stream(tokens, {.longest = 1}, 3);
  for (int64_t i = 0; i < tokens.num_tokens(); ++i) ++seen[stream.next()[0]];
  EXPECT_EQ(seen, expected);
}

TEST_F(TextRowsTest, UnpackedRowsAreWholeDocumentsOrTheirBeginnings) {
  const TokenCorpus tokens = corpus();
  std::multiset<std::vector<int32_t>> expected, seen;
  for (int64_t i = 0; i < tokens.num_documents(); ++i) {
    std::vector<int32_t> document = tokens.document(i);
    document.resize(
        std::min<size_t>(document.size(), 24));  // "line 7 of a small text" has 22 bytes
    expected.insert(document);
  }
  ChunkStream stream(tokens, {.longest = 24, .pack_sequences = false}, 3);
  for (int64_t i = 0; i < tokens.num_documents(); ++i) seen.insert(stream.next());
  EXPECT_EQ(seen, expected);
}

TEST_F(TextRowsTest, ResumingSeesTheSameBatches) {
  const TokenCorpus tokens = corpus();
  PretrainSettings settings;
  settings.batch_tokens = 64;
  settings.sequence_length = 16;
  const ChoiceSettings objective{"span_corruption", Json::object()};
  PackedText whole(tokens, vocabulary_, objective, settings),
      resumed(tokens, vocabulary_, objective, settings);
  Batch last;
  for (int64_t step = 0; step <= 37; ++step) last = whole.batch(step);
  const Batch jumped = resumed.batch(37);
  EXPECT_TRUE(at::equal(last.source_BS, jumped.source_BS));
  EXPECT_TRUE(at::equal(last.labels_BT, jumped.labels_BT));
}

TEST_F(TextRowsTest, SourcesKeepToTheSequenceLength) {
  const TokenCorpus tokens = corpus();
  PretrainSettings settings;
  settings.batch_tokens = 256;
  settings.sequence_length = 32;
  for (const Objective& objective : objectives()) {
    PackedText rows(tokens, vocabulary_, {objective.name, Json::object()}, settings);
    for (int64_t step = 0; step < 4; ++step) {
      EXPECT_LE(rows.batch(step).source_BS.size(1), 32) << objective.name;
    }
  }
}

// [NLU], [S2S] or [NLG] in bytes, which are their codes and three; and they count in the length.
TEST_F(TextRowsTest, TextsOfTheObjectiveStandBeforeTheInputs) {
  const TokenCorpus tokens = corpus();
  PretrainSettings settings;
  settings.batch_tokens = 1024;
  settings.sequence_length = 32;
  PackedText rows(tokens, vocabulary_, {"ul2", Json::object()}, settings);
  std::set<std::string> seen;
  for (int64_t step = 0; step < 4; ++step) {
    const at::Tensor source_BS = rows.batch(step).source_BS.to(at::kLong);
    EXPECT_LE(source_BS.size(1), 32);
    for (int64_t row = 0; row < source_BS.size(0); ++row) {
      std::string begin;
      for (int64_t i = 0; i < 5; ++i)
        begin += static_cast<char>(source_BS[row][i].item<int64_t>() - 3);
      seen.insert(begin);
    }
  }
  EXPECT_EQ(seen, (std::set<std::string>{"[NLG]", "[NLU]", "[S2S]"}));
}

TEST_F(TextRowsTest, TextsThatTheVocabularyCannotTellApartAreRefused) {
  train_vocabulary(folder_ / "text.txt", 28, 1, 0, folder_);  // of small letters and digits
  const Vocabulary pieces = Vocabulary::from_file(folder_ / "spiece.model");
  const TokenCorpus tokens = corpus();
  PretrainSettings settings;
  settings.sequence_length = 32;
  const Json known{{"mode_texts", {{"R", "small"}, {"S", "line"}, {"X", "text"}}}};
  const Json unknown{{"mode_texts", {{"R", "small"}, {"S", "Q"}, {"X", "Z"}}}};
  EXPECT_NO_THROW(PackedText(tokens, pieces, {"ul2", known}, settings));
  EXPECT_THROW(PackedText(tokens, pieces, {"ul2", unknown}, settings), ConfigError);
}

TEST_F(TextRowsTest, TextsLeaveRoomForTheRow) {
  const TokenCorpus tokens = corpus();
  PretrainSettings settings;
  settings.sequence_length = 7;  // five bytes of [NLU] leave two; three are needed
  EXPECT_THROW(PackedText(tokens, vocabulary_, {"ul2", Json::object()}, settings), ConfigError);
  settings.sequence_length = 8;
  EXPECT_NO_THROW(PackedText(tokens, vocabulary_, {"ul2", Json::object()}, settings));
}

TEST_F(TextRowsTest, TooLittleTextIsRefused) {
  const TokenCorpus tokens = corpus();
  EXPECT_THROW(ChunkStream(tokens, {.longest = tokens.num_tokens() + 1}, 1), DataError);
}

TEST_F(TextRowsTest, HeldOutDocumentsAreNotTrainedOn) {
  const TokenCorpus tokens = corpus();
  const SplitCorpus split = split_corpus(tokens, 20);
  EXPECT_EQ(split.held_out.count, 20);
  EXPECT_EQ(split.training.count, tokens.num_documents() - 20);
  EXPECT_EQ(split.held_out.tokens + split.training.tokens, tokens.num_tokens());
  std::multiset<std::vector<int32_t>> expected, seen;
  for (int64_t i = 0; i < tokens.num_documents(); ++i) expected.insert(tokens.document(i));
  for (const Documents* part : {&split.training, &split.held_out})
    for (int64_t i = 0; i < part->count; ++i) seen.insert(part->at(i));
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(split_corpus(tokens, 0).training.count, tokens.num_documents());
  EXPECT_THROW(split_corpus(tokens, 31), DataError);
}

// Pairs that share rows depend on all rows before, and come out the same.
TEST_F(TextRowsTest, ResumingPackedPairsSeesTheSameBatches) {
  const TokenCorpus tokens = corpus();
  PretrainSettings settings{.batch_tokens = 128, .sequence_length = 64, .pack_sequences = false};
  settings.pack_pairs = true;
  const ChoiceSettings objective{"span_corruption", Json::object()};
  PackedText whole(tokens, vocabulary_, objective, settings),
      resumed(tokens, vocabulary_, objective, settings);
  Batch last;
  for (int64_t step = 0; step <= 300; ++step) last = whole.batch(step);
  const Batch jumped = resumed.batch(300);
  EXPECT_TRUE(at::equal(last.source_BS, jumped.source_BS));
  EXPECT_TRUE(at::equal(last.mask_BS, jumped.mask_BS));
  EXPECT_GT(last.mask_BS.max().item<float>(), 1.5) << "two lines of 22 bytes fit a row";
}

}  // namespace
}  // namespace dovetail
