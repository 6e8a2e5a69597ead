// SPDX-License-Identifier: Apache-2.0
#include "planning/pretrain_estimate.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TextSample documents_of(int64_t length) {
  return {Vocabulary::bytes(), std::vector(500, std::vector<int32_t>(length, 100))};
}

PretrainEstimate estimated(const char* objective, int64_t text, int64_t row, bool packs) {
  PretrainJob job;
  job.objective.name = objective;
  job.pretrain.sequence_length = row;
  job.pretrain.batch_tokens = 16 * row;
  job.pretrain.pack_sequences = packs;
  return *pretrain_estimate(job, documents_of(text), {});
}

double final_share(const PretrainEstimate& estimate) {
  return estimate.step.final_only / estimate.step.examples;
}

// Below 31 tokens span corruption has one span (round(round(30 x .15) / 3) = 1), which T5's masks
// put at the end; from 31 on two (5 / 3 = 1.67).
TEST(PretrainEstimate, SpanCorruptionOfShortTextsIsSuffixDenoising) {
  EXPECT_EQ(final_share(estimated("span_corruption", 12, 64, false)), 1);
  EXPECT_EQ(final_share(estimated("span_corruption", 30, 64, false)), 1);
  EXPECT_EQ(final_share(estimated("span_corruption", 31, 64, false)), 0);
  const PretrainEstimate packed = estimated("span_corruption", 12, 64, true);
  EXPECT_EQ(final_share(packed), 0);
  EXPECT_EQ(packed.long_final_share, 0);
}

// Of UL2's seven denoisers, three are one span at the end of 63 tokens and S is a fourth; at 512
// (.15, 64) with round(77 / 64) = 1 span and S.
TEST(PretrainEstimate, FourOfUl2sDenoisersDegenerateInShortRows) {
  const PretrainEstimate estimate = estimated("ul2", 63, 128, false);
  EXPECT_NEAR(final_share(estimate), 4.0 / 7, 0.06);
  EXPECT_NEAR(estimate.long_final_share, 2.0 / 7, 0.15);
}

// Whose only span is the end by design.
TEST(PretrainEstimate, SuffixDenoisingIsSoInLongRowsToo) {
  EXPECT_EQ(estimated("suffix_denoising", 12, 64, false).long_final_share, 1);
  EXPECT_EQ(estimated("prefix_lm", 12, 64, false).long_final_share, 1);
  EXPECT_EQ(estimated("deshuffling", 12, 64, false).long_final_share, 0);
}

TEST(SampleOfText, GuessesTheTokensOfAVocabularyThatIsNotTrained) {
  const TextSample sample = sample_of_text({"wordnet-text"}, {.vocab_size = 2000}, "");
  ASSERT_GT(sample.documents.size(), 3000u);
  double tokens = 0;
  for (const auto& document : sample.documents) tokens += static_cast<double>(document.size());
  // 3.2 M pieces of a trained vocabulary of 2,000 in 165,906 lines: 19 a line
  EXPECT_NEAR(tokens / static_cast<double>(sample.documents.size()), 19, 4);
}

}  // namespace
}  // namespace dovetail
