// SPDX-License-Identifier: Apache-2.0
#include "model/generation/logits_processors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr float kImpossible = -std::numeric_limits<float>::infinity();

void penalise_repetition(std::span<const int32_t> ids, float penalty, std::span<float> scores) {
  for (const int32_t id : std::set<int32_t>(ids.begin(), ids.end())) {
    scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
  }
}

// Bans every id that followed an earlier copy of the last size - 1 ids.
void ban_repeated_ngrams(std::span<const int32_t> ids, size_t size, std::span<float> scores) {
  if (ids.size() < size) return;
  const auto prefix = ids.last(size - 1);
  for (size_t begin = 0; begin + size <= ids.size(); ++begin) {
    if (std::equal(prefix.begin(), prefix.end(), ids.begin() + begin)) {
      scores[ids[begin + size - 1]] = kImpossible;
    }
  }
}

void forbid(const std::vector<int32_t>& banned, std::span<float> scores) {
  for (const int32_t id : banned) {
    if (id >= 0 && id < std::ssize(scores)) scores[id] = kImpossible;
  }
}

void force_one_of(std::span<const int32_t> forced, std::span<float> scores) {
  std::fill(scores.begin(), scores.end(), kImpossible);
  for (const int32_t id : forced) scores[id] = 0;
}

void add_biases(std::span<const int32_t> ids, const std::vector<SequenceBias>& biases,
                std::span<float> scores) {
  for (const SequenceBias& one : biases) {
    const size_t before = one.ids.size() - 1;
    if (before > ids.size()) continue;
    if (std::equal(ids.end() - before, ids.end(), one.ids.begin()))
      scores[one.ids.back()] += one.bias;
  }
}

// Computed from the scores' sizes, so that a negative one rises as well.
void raise_ends(const ExponentialDecay& decay, int64_t new_tokens, std::span<const int32_t> ends,
                std::span<float> scores) {
  if (new_tokens <= decay.start) return;
  const double steps = static_cast<double>(new_tokens - decay.start);
  const auto share = static_cast<float>(std::pow(decay.factor, steps) - 1);
  for (const int32_t id : ends) {
    if (std::isfinite(scores[id])) scores[id] += std::abs(scores[id]) * share;
  }
}

}  // namespace

LogitsProcessors::LogitsProcessors(const GenerationSettings& settings) : settings_(settings) {
  for (const std::vector<int32_t>& word : settings.bad_words_ids) {
    const bool is_end = word.size() == 1 && settings.is_end(word[0]);
    if (!is_end) bad_words_.push_back({word, kImpossible});
  }
}

bool LogitsProcessors::empty() const {
  return settings_.repetition_penalty == 1.0 && settings_.no_repeat_ngram_size == 0 &&
         settings_.min_new_tokens == 0 && !settings_.forced_bos_token_id &&
         settings_.forced_eos_token_id.empty() && settings_.suppress_tokens.empty() &&
         settings_.begin_suppress_tokens.empty() && bad_words_.empty() &&
         settings_.sequence_bias.empty() && !settings_.exponential_decay_length_penalty;
}

void LogitsProcessors::force(int64_t new_tokens, std::span<float> scores) const {
  if (settings_.forced_bos_token_id && new_tokens == 0) {
    const auto first = static_cast<int32_t>(*settings_.forced_bos_token_id);
    force_one_of({&first, 1}, scores);
  }
  if (!settings_.forced_eos_token_id.empty() && new_tokens == settings_.max_new_tokens - 1) {
    force_one_of(settings_.forced_eos_token_id, scores);
  }
}

// A forced first token is not suppressed: the second one then counts as the first.
void LogitsProcessors::suppress(int64_t new_tokens, std::span<float> scores) const {
  forbid(settings_.suppress_tokens, scores);
  const int64_t first = settings_.forced_bos_token_id ? 1 : 0;
  if (new_tokens == first) forbid(settings_.begin_suppress_tokens, scores);
}

void LogitsProcessors::apply(std::span<const int32_t> ids, std::span<float> scores) const {
  const auto new_tokens = static_cast<int64_t>(ids.size()) - 1;
  add_biases(ids, settings_.sequence_bias, scores);
  if (settings_.repetition_penalty != 1.0) {
    penalise_repetition(ids, static_cast<float>(settings_.repetition_penalty), scores);
  }
  if (settings_.no_repeat_ngram_size > 0) {
    ban_repeated_ngrams(ids, settings_.no_repeat_ngram_size, scores);
  }
  add_biases(ids, bad_words_, scores);
  if (new_tokens < settings_.min_new_tokens) forbid(settings_.eos_token_id, scores);
  force(new_tokens, scores);
  if (settings_.exponential_decay_length_penalty) {
    raise_ends(*settings_.exponential_decay_length_penalty, new_tokens, settings_.eos_token_id,
               scores);
  }
  suppress(new_tokens, scores);
}

void LogitsProcessors::apply(const DecoderRows& rows, Tensor& scores_RV) const {
  DOVETAIL_CHECK(scores_RV.is_cpu() && scores_RV.is_contiguous());
  DOVETAIL_CHECK_EQ(scores_RV.size(0), static_cast<int64_t>(rows.size()));
  const auto width = static_cast<size_t>(scores_RV.size(1));
  float* scores = scores_RV.data_ptr<float>();
  for (size_t row = 0; row < rows.size(); ++row) apply(rows[row], {scores + row * width, width});
}

}  // namespace dovetail
