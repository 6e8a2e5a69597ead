// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/generation/generation_settings.h"

namespace dovetail {

// What the decoder has read so far in each row, its start token first.
using DecoderRows = std::vector<std::span<const int32_t>>;

// The constraints that act on a step's scores, in transformers' order: repetition penalty,
// no-repeat n-grams, minimum length, forced first and last token. Greedy decoding and sampling give
// them logits, beam search log-probabilities (as the reference does, the repetition penalty is a
// different one there).
class LogitsProcessors {
 public:
  explicit LogitsProcessors(const GenerationSettings& settings) : settings_(settings) {}

  // True where the scores stay as they are.
  bool empty() const;

  // Changes float32 scores on the CPU in place, one row for each of `rows`.
  void apply(const DecoderRows& rows, at::Tensor& scores_RV) const;

 private:
  void apply(std::span<const int32_t> ids, std::span<float> scores) const;

  GenerationSettings settings_;
};

// Sampling's temperature, top_k and top_p, in this order: what is not to be drawn gets -infinity.
// At least min_tokens_to_keep stay.
at::Tensor warp_for_sampling(const at::Tensor& scores_RV, const GenerationSettings& settings,
                             int64_t min_tokens_to_keep);

}  // namespace dovetail
