// SPDX-License-Identifier: Apache-2.0
#include "model/generation/logits_processors.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

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

void force(int64_t id, std::span<float> scores) {
  std::fill(scores.begin(), scores.end(), kImpossible);
  scores[id] = 0;
}

}  // namespace

bool LogitsProcessors::empty() const {
  return settings_.repetition_penalty == 1.0 && settings_.no_repeat_ngram_size == 0 &&
         settings_.min_new_tokens == 0 && !settings_.forced_bos_token_id &&
         !settings_.forced_eos_token_id;
}

void LogitsProcessors::apply(std::span<const int32_t> ids, std::span<float> scores) const {
  const auto new_tokens = static_cast<int64_t>(ids.size()) - 1;
  if (settings_.repetition_penalty != 1.0) {
    penalise_repetition(ids, static_cast<float>(settings_.repetition_penalty), scores);
  }
  if (settings_.no_repeat_ngram_size > 0) {
    ban_repeated_ngrams(ids, settings_.no_repeat_ngram_size, scores);
  }
  if (new_tokens < settings_.min_new_tokens) scores[kEosToken] = kImpossible;
  if (settings_.forced_bos_token_id && new_tokens == 0) {
    force(*settings_.forced_bos_token_id, scores);
  }
  if (settings_.forced_eos_token_id && new_tokens == settings_.max_new_tokens - 1) {
    force(*settings_.forced_eos_token_id, scores);
  }
}

void LogitsProcessors::apply(const DecoderRows& rows, Tensor& scores_RV) const {
  DOVETAIL_CHECK(scores_RV.is_cpu() && scores_RV.is_contiguous());
  DOVETAIL_CHECK_EQ(scores_RV.size(0), static_cast<int64_t>(rows.size()));
  const auto width = static_cast<size_t>(scores_RV.size(1));
  float* scores = scores_RV.data_ptr<float>();
  for (size_t row = 0; row < rows.size(); ++row) apply(rows[row], {scores + row * width, width});
}

Tensor warp_for_sampling(const Tensor& scores_RV, const GenerationSettings& settings,
                         int64_t min_tokens_to_keep) {
  Tensor scores = scores_RV;
  if (settings.temperature != 1.0) scores = scores / settings.temperature;
  if (settings.top_k > 0) {
    const int64_t kept = std::min(std::max(settings.top_k, min_tokens_to_keep), scores.size(-1));
    const Tensor least = std::get<0>(scores.topk(kept)).slice(-1, kept - 1, kept);
    scores = scores.masked_fill(scores < least, kImpossible);
  }
  if (settings.top_p < 1.0) {
    // drops tokens from the least likely upwards while their total probability is at most 1 - top_p
    const auto [ascending, places] = scores.sort(-1, /*descending=*/false);
    Tensor dropped = ascending.softmax(-1).cumsum(-1) <= 1.0 - settings.top_p;
    dropped.slice(-1, dropped.size(-1) - min_tokens_to_keep, dropped.size(-1)).fill_(false);
    scores = scores.masked_fill(dropped.scatter(-1, places, dropped), kImpossible);
  }
  return scores;
}

}  // namespace dovetail
