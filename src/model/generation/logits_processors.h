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

// The constraints on a step's scores, in transformers' order: sequence bias, repetition penalty,
// no-repeat n-grams, bad words, minimum length, forced first and last token, decay of the length,
// suppressed tokens. Greedy decoding and sampling pass logits, beam search log-probabilities, as in
// the reference implementation; the repetition penalty so differs.
class LogitsProcessors {
 public:
  explicit LogitsProcessors(const GenerationSettings& settings);

  // Whether apply() changes nothing.
  bool empty() const;

  // Changes float32 scores [rows, V] on the CPU in place, one row for each of `rows`.
  void apply(const DecoderRows& rows, at::Tensor& scores_RV) const;

 private:
  void apply(std::span<const int32_t> ids, std::span<float> scores) const;
  void force(int64_t new_tokens, std::span<float> scores) const;
  void suppress(int64_t new_tokens, std::span<float> scores) const;

  GenerationSettings settings_;
  std::vector<SequenceBias> bad_words_;
};

}  // namespace dovetail
