// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/TensorIndexing.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "model/generation/generate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "model/generation/beam_book.h"
#include "model/generation/decoder_session.h"
#include "model/generation/logits_processors.h"
#include "model/generation/sampling_warpers.h"

namespace dovetail {
namespace {

using at::Tensor;

T5Model small_model(uint64_t seed = 3) {
  T5Config config;
  config.vocab_size = 50;
  config.d_model = 24;
  config.d_kv = 6;
  config.d_ff = 32;
  config.num_layers = config.num_decoder_layers = 2;
  config.num_heads = 4;
  return T5Model(config, random_weights(config, seed));
}

struct Sources {
  explicit Sources(const T5Model& model) {
    at::manual_seed(7);
    mask = at::ones({3, 9});
    mask.index_put_({1, at::indexing::Slice(4)}, 0);
    memory = model.encode(model.embed(at::randint(3, 50, {3, 9})), mask).detach();
  }
  Tensor memory, mask;
};

GenerationSettings sampling(int64_t num_return_sequences, uint64_t seed) {
  GenerationSettings settings;
  settings.do_sample = true;
  settings.num_return_sequences = num_return_sequences;
  settings.max_new_tokens = 8;
  settings.seed = seed;
  return settings;
}

std::vector<std::vector<int32_t>> ids_of(const std::vector<std::vector<Hypothesis>>& sources) {
  std::vector<std::vector<int32_t>> ids;
  for (const auto& hypotheses : sources) {
    for (const Hypothesis& hypothesis : hypotheses) ids.push_back(hypothesis.ids);
  }
  return ids;
}

std::vector<float> processed(const GenerationSettings& settings, const std::vector<int32_t>& ids,
                             const std::vector<float>& scores) {
  Tensor row = at::tensor(scores).unsqueeze(0);
  LogitsProcessors(settings).apply(DecoderRows{ids}, row);
  return {row.data_ptr<float>(), row.data_ptr<float>() + row.numel()};
}

const float kNone = -std::numeric_limits<float>::infinity();

TEST(LogitsProcessors, RepetitionPenaltyCountsTheStartTokenAndEachTokenOnce) {
  GenerationSettings settings;
  settings.repetition_penalty = 2.0;

  EXPECT_EQ(processed(settings, {0, 3, 3}, {4, 1, -1, -3}), (std::vector<float>{2, 1, -1, -6}));
}

TEST(LogitsProcessors, NoRepeatedPairs) {
  GenerationSettings settings;
  settings.no_repeat_ngram_size = 2;

  // 2 was followed by 3 and by 1
  EXPECT_EQ(processed(settings, {0, 2, 3, 2, 1, 2}, {5, 5, 5, 5}),
            (std::vector<float>{5, kNone, 5, kNone}));
  EXPECT_EQ(processed(settings, {0}, {5, 5, 5, 5}), (std::vector<float>{5, 5, 5, 5}));
}

TEST(LogitsProcessors, MinimumLengthAndForcedTokens) {
  GenerationSettings settings;
  settings.min_new_tokens = 1;
  settings.max_new_tokens = 3;
  settings.forced_eos_token_id = {1};

  EXPECT_EQ(processed(settings, {0}, {5, 6, 7}), (std::vector<float>{5, kNone, 7}));
  EXPECT_EQ(processed(settings, {0, 2}, {5, 6, 7}), (std::vector<float>{5, 6, 7}));
  EXPECT_EQ(processed(settings, {0, 2, 2}, {5, 6, 7}), (std::vector<float>{kNone, 0, kNone}));
  settings.forced_bos_token_id = 2;
  EXPECT_EQ(processed(settings, {0}, {5, 6, 7}), (std::vector<float>{kNone, kNone, 0}));
}

TEST(LogitsProcessors, AForcedFirstTokenIsNotSuppressedAtTheBeginning) {
  GenerationSettings settings;
  settings.begin_suppress_tokens = {2};
  EXPECT_EQ(processed(settings, {0}, {5, 6, 7}), (std::vector<float>{5, 6, kNone}));
  EXPECT_EQ(processed(settings, {0, 2}, {5, 6, 7}), (std::vector<float>{5, 6, 7}));
  settings.forced_bos_token_id = 2;
  EXPECT_EQ(processed(settings, {0}, {5, 6, 7}), (std::vector<float>{kNone, kNone, 0}));
  EXPECT_EQ(processed(settings, {0, 2}, {5, 6, 7}), (std::vector<float>{5, 6, kNone}));
}

TEST(LogitsProcessors, BadWordsAndBiasesOfSequences) {
  GenerationSettings settings;
  settings.eos_token_id = {0};
  settings.bad_words_ids = {{0}, {3}, {2, 1}};  // an end is never a bad word
  settings.sequence_bias = {{{2}, 0.5F}, {{3, 2, 2}, -4}};
  EXPECT_EQ(processed(settings, {3}, {5, 5, 5, 5}), (std::vector<float>{5, 5, 5.5, kNone}));
  EXPECT_EQ(processed(settings, {3, 2}, {5, 5, 5, 5}), (std::vector<float>{5, kNone, 1.5, kNone}));
}

TEST(LogitsProcessors, EndsRiseAfterTheStartOfTheDecay) {
  GenerationSettings settings;
  settings.exponential_decay_length_penalty = {1, 1.5};
  EXPECT_EQ(processed(settings, {0, 2}, {4, -4}), (std::vector<float>{4, -4}));
  EXPECT_EQ(processed(settings, {0, 2, 2}, {4, -4}), (std::vector<float>{4, -2}));
  settings.eos_token_id = {0, 1};
  EXPECT_EQ(processed(settings, {0, 2, 2, 2}, {4, -4}), (std::vector<float>{9, 1}));
}

// One source, two beams, four continuations a step.
Continuations continuations(std::vector<float> scores, std::vector<int64_t> beams,
                            std::vector<int64_t> tokens) {
  return {at::tensor(scores).view({1, 4}), at::tensor(beams, at::kLong).view({1, 4}),
          at::tensor(tokens, at::kLong).view({1, 4})};
}

TEST(BeamBook, KeepsWhatEndsAmongTheFirstAndDividesByLength) {
  GenerationSettings settings;
  settings.num_beams = settings.num_return_sequences = 2;
  settings.early_stopping = EarlyStopping::kTrue;
  BeamBook book(1, settings);
  std::vector<std::vector<Hypothesis>> results(1);

  // </s> in the second place counts, in the fourth it does not
  book.advance(continuations({-1, -1.5, -2, -3}, {0, 0, 0, 0}, {5, 1, 6, 1}));
  EXPECT_EQ(book.drop_finished(results), (std::vector<int64_t>{0, 0}));
  book.advance(continuations({-2, -2.25, -4, -5}, {1, 0, 0, 1}, {1, 7, 8, 9}));
  EXPECT_TRUE(book.drop_finished(results).empty());

  ASSERT_EQ(results[0].size(), 2u);
  EXPECT_EQ(results[0][0].ids, (std::vector<int32_t>{6}));
  EXPECT_FLOAT_EQ(results[0][0].score, -2.0 / 2);
  EXPECT_TRUE(results[0][1].ids.empty());
  EXPECT_FLOAT_EQ(results[0][1].score, -1.5);
}

// With two ends, three times as many continuations are asked for as there are beams.
TEST(BeamBook, EndsWithAnyOfTheModelsEndsAndStartsWithItsStart) {
  GenerationSettings settings;
  settings.num_beams = 1;
  settings.eos_token_id = {4, 7};
  settings.decoder_start_token_id = 3;
  BeamBook book(1, settings);
  std::vector<std::vector<Hypothesis>> results(1);

  EXPECT_EQ(book.num_continuations(), 3);
  EXPECT_EQ(book.live()[0].running[0].ids, (std::vector<int32_t>{3}));
  book.advance({at::tensor({-1.0F, -2.0F, -3.0F}).view({1, 3}), at::zeros({1, 3}, at::kLong),
                at::tensor({1, 7, 4}, at::kLong).view({1, 3})});
  EXPECT_EQ(book.drop_finished(results), (std::vector<int64_t>{0}));  // 1 ends nothing here
  book.advance({at::tensor({-1.5F, -2.0F, -3.0F}).view({1, 3}), at::zeros({1, 3}, at::kLong),
                at::tensor({7, 1, 4}, at::kLong).view({1, 3})});
  EXPECT_TRUE(book.drop_finished(results).empty());
  EXPECT_EQ(results[0][0].ids, (std::vector<int32_t>{1}));
}

TEST(DecoderSession, GivesTheLogitsOfTeacherForcing) {
  const T5Model model = small_model();
  const Sources sources(model);
  const at::InferenceMode inference;
  // source 1 leaves; the beams of source 2 change places
  const EncodedSources all{&model, sources.memory, sources.mask};
  DecoderSession session({&all, 1}, 2);
  session.next_logits(at::zeros({6}, at::kLong));
  session.next_logits(at::tensor({10, 11, 12, 13, 14, 15}, at::kLong));
  session.select(at::tensor({0, 0, 5, 4}, at::kLong));
  const Tensor ours = session.next_logits(at::tensor({20, 21, 22, 23}, at::kLong));

  const Tensor ids = at::tensor({0, 10, 20, 0, 10, 21, 0, 15, 22, 0, 14, 23}, at::kLong);
  const Tensor places = at::tensor({0, 0, 2, 2}, at::kLong);
  const Tensor theirs =
      model.logits(model.decode(ids.view({4, 3}), sources.memory.index_select(0, places),
                                sources.mask.index_select(0, places)));
  EXPECT_EQ(session.num_rows(), 4);
  EXPECT_LT((ours - theirs.select(1, 2)).abs().max().item<double>(), 1e-4);
}

TEST(Generate, GreedyScoreIsTheLogProbabilityOfTheSequence) {
  const T5Model model = small_model();
  const Sources sources(model);
  GenerationSettings settings;
  settings.max_new_tokens = 6;
  settings.min_new_tokens = 6;  // no </s>, so that every id is in the answer

  const auto found = generate(model, sources.memory, sources.mask, settings);

  for (int64_t row = 0; row < 3; ++row) {
    std::vector<int64_t> ids{0};
    ids.insert(ids.end(), found[row][0].ids.begin(), found[row][0].ids.end());
    const Tensor hidden =
        model.decode(at::tensor(ids, at::kLong).unsqueeze(0), sources.memory.slice(0, row, row + 1),
                     sources.mask.slice(0, row, row + 1));
    Tensor logits = model.logits(hidden)[0].detach();
    logits.index_put_({at::indexing::Slice(), 1}, kNone);
    const Tensor log_probs = at::log_softmax(logits, -1);
    double sum = 0;
    for (size_t i = 1; i < ids.size(); ++i) sum += log_probs[i - 1][ids[i]].item<double>();
    EXPECT_NEAR(found[row][0].score, sum, 1e-4);
  }
}

TEST(Generate, ASeedRepeatsItsDrawsHoweverSourcesAreBatched) {
  const T5Model model = small_model();
  const Sources sources(model);
  const auto all = ids_of(generate(model, sources.memory, sources.mask, sampling(2, 11)));
  GenerationSettings last = sampling(2, 11);
  last.source_numbers = {2};

  const auto alone =
      ids_of(generate(model, sources.memory.slice(0, 2), sources.mask.slice(0, 2), last));

  EXPECT_EQ(all, ids_of(generate(model, sources.memory, sources.mask, sampling(2, 11))));
  EXPECT_EQ(alone, (std::vector<std::vector<int32_t>>{all[4], all[5]}));
  EXPECT_NE(all, ids_of(generate(model, sources.memory, sources.mask, sampling(2, 12))));
  EXPECT_NE(all[0], all[1]);
}

// Draws of one token follow the softmax of the logits: Pearson's statistic over 4,000 draws stays
// below 30 for 7 degrees of freedom (probability of more: 1e-4).
TEST(Generate, DrawsFollowTheDistribution) {
  const T5Model model = small_model();
  const Sources sources(model);
  const Tensor memory = sources.memory.slice(0, 0, 1), mask = sources.mask.slice(0, 0, 1);
  const int64_t count = 4000;
  GenerationSettings settings = sampling(count, 5);
  settings.max_new_tokens = 1;
  settings.top_k = 8;
  settings.temperature = 1.5;
  std::map<int32_t, int> seen;

  const auto found = generate(model, memory, mask, settings);
  for (const Hypothesis& hypothesis : found[0]) {
    ++seen[hypothesis.ids.empty() ? 1 : hypothesis.ids[0]];
  }

  const Tensor start = at::zeros({1, 1}, at::kLong);
  const Tensor logits = model.logits(model.decode(start, memory, mask))[0][0] / 1.5;
  const auto [best, ids] = logits.topk(8);
  const Tensor expected = at::softmax(best, 0) * static_cast<double>(count);
  double statistic = 0;
  int total = 0;
  for (int64_t i = 0; i < 8; ++i) {
    const int observed = seen[static_cast<int32_t>(ids[i].item<int64_t>())];
    const double share = expected[i].item<double>();
    statistic += (observed - share) * (observed - share) / share;
    total += observed;
  }
  EXPECT_EQ(total, count);  // nothing outside of top_k
  EXPECT_LT(statistic, 30);
}

TEST(Generate, SampledBeamsAreDistinctAndRepeatable) {
  const T5Model model = small_model();
  const Sources sources(model);
  GenerationSettings settings = sampling(3, 2);
  settings.num_beams = 3;

  const auto found = ids_of(generate(model, sources.memory, sources.mask, settings));

  EXPECT_EQ(found, ids_of(generate(model, sources.memory, sources.mask, settings)));
  for (size_t i = 0; i < found.size(); i += 3) {
    EXPECT_NE(found[i], found[i + 1]);
    EXPECT_NE(found[i + 1], found[i + 2]);
  }
}

TEST(Generate, RefusesWhatNoSearchCanDo) {
  const T5Model model = small_model();
  const Sources sources(model);
  const auto refused = [&](auto change) {
    GenerationSettings settings;
    change(settings);
    EXPECT_THROW(generate(model, sources.memory, sources.mask, settings), ConfigError);
  };

  refused([](GenerationSettings& s) { s.num_beams = 0; });
  refused([](GenerationSettings& s) { s.max_new_tokens = 0; });
  refused([](GenerationSettings& s) { s.min_new_tokens = 21; });
  refused([](GenerationSettings& s) { s.num_return_sequences = 2; });
  refused([](GenerationSettings& s) { s.num_beams = 2, s.num_return_sequences = 3; });
  refused([](GenerationSettings& s) { s.temperature = 0; });
  refused([](GenerationSettings& s) { s.top_p = 1.5; });
  refused([](GenerationSettings& s) { s.repetition_penalty = 0; });
  refused([](GenerationSettings& s) { s.forced_bos_token_id = 50; });
  refused([](GenerationSettings& s) { s.forced_eos_token_id = {50}; });
  refused([](GenerationSettings& s) { s.decoder_start_token_id = 50; });
  refused([](GenerationSettings& s) { s.eos_token_id = {1, -1}; });
  refused([](GenerationSettings& s) { s.bad_words_ids = {{3, 50}}; });
  refused([](GenerationSettings& s) { s.forced_bos_token_id = 3, s.suppress_tokens = {3}; });
  refused([](GenerationSettings& s) { s.typical_p = 0; });
}

}  // namespace
}  // namespace dovetail
