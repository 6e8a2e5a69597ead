// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/generation/generation_settings.h"

namespace dovetail {

// The ids that the decoder has read so far in each row, its start token first.
using DecoderRows = std::vector<std::span<const int32_t>>;

// The constraints on a step's scores, in transformers' order: repetition penalty, no-repeat
// n-grams, minimum length, forced first and last token. Greedy decoding and sampling pass logits,
// beam search log-probabilities, as in the reference implementation; the repetition penalty so
// differs.
class LogitsProcessors {
 public:
  explicit LogitsProcessors(const GenerationSettings& settings) : settings_(settings) {}

  // Whether apply() changes nothing.
  bool empty() const;

  // Changes float32 scores [rows, V] on the CPU in place, one row for each of `rows`.
  void apply(const DecoderRows& rows, at::Tensor& scores_RV) const;

 private:
  void apply(std::span<const int32_t> ids, std::span<float> scores) const;

  GenerationSettings settings_;
};

// Applies temperature, top_k and top_p, in this order. Excluded tokens get -infinity; at least
// min_tokens_to_keep remain. Scores [rows, V] to the same shape.
at::Tensor warp_for_sampling(const at::Tensor& scores_RV, const GenerationSettings& settings,
                             int64_t min_tokens_to_keep);

}  // namespace dovetail
