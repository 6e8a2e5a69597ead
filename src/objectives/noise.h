// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "objectives/objective.h"

// The noise masks, inputs and targets that objectives share, under the names that T5 gives them
// (t5/data/preprocessors.py).
namespace dovetail {

// The share of the tokens that is noise: 0.15 (Raffel et al. 2020, sec. 3.3.3).
Parameter noise_density_parameter();
// Mean length of the noise spans: 3 (Raffel et al. 2020, sec. 3.3.4).
Parameter mean_noise_span_length_parameter();
// Whether noise_spans_after_sentinels() ends the targets with one more sentinel.
Parameter final_sentinel_parameter();

// How many tokens and spans of `length` are noise, rounded as in T5 (random_spans_noise_mask): in
// single precision, halves to even, at least one token and one span, and at least one token that is
// not noise.
struct NoiseCounts {
  int64_t tokens = 0;
  int64_t spans = 0;
};
NoiseCounts count_noise(int64_t length, double noise_density, double mean_noise_span_length);

// T5's random_spans_noise_mask. Spans alternate, beginning with one that is not noise and ending
// with noise; all masks with these counts are equally likely.
NoiseMask random_spans_noise_mask(int64_t length, double noise_density,
                                  double mean_noise_span_length, Rng& rng);

// T5's iid_noise_mask: each token is noise by a coin of its own; at least one is, and at least one
// is not.
NoiseMask iid_noise_mask(int64_t length, double noise_density, Rng& rng);

// A random ordinary piece of the vocabulary, or where that is unknown a random token of the text.
// T5's noise_token_to_random_token, which may also draw sentinels.
int32_t random_token(std::span<const int32_t> tokens, const Symbols& symbols, Rng& rng);

// T5's noise_span_to_unique_sentinel: each run of noise becomes the next sentinel. ConfigError when
// there are fewer sentinels than runs.
//   tokens 10 11 12 13 14 15, mask 0 1 0 0 1 1  ->  10 <0> 12 13 <1>
TokenIds noise_span_to_unique_sentinel(const NoisyText& text);

// The targets for these inputs (Raffel et al. 2020, figure 2): each sentinel with its run of noise.
// The parameter final_sentinel, where it is true, adds one more sentinel at the end. ConfigError
// when there are fewer sentinels than that needs. For a text that begins with noise, T5's
// nonnoise_span_to_unique_sentinel would number the sentinels differently than the inputs.
//   tokens 10 11 12 13 14 15, mask 1 0 0 1 1 0  ->  <0> 10 <1> 13 14
TokenIds noise_spans_after_sentinels(const NoisyText& text);

// T5's drop_noise_tokens and drop_nonnoise_tokens.
//   tokens 10 11 12 13 14 15, mask 0 0 0 0 1 1  ->  10 11 12 13  and  14 15
TokenIds drop_noise_tokens(const NoisyText& text);
TokenIds drop_nonnoise_tokens(const NoisyText& text);

// The whole text.
TokenIds all_tokens(const NoisyText& text);

// T5's random_spans_helper: the longest text that random_spans_noise_mask leaves `length` inputs
// of, sentinels and </s> among them. 568 tokens for inputs of 512, whose targets are then 114.
int64_t span_chunk_length(int64_t length, double noise_density, double mean_noise_span_length);

// <extra_id_0>, for objectives with one mask symbol. ConfigError when the vocabulary has none.
int32_t only_sentinel(const std::string& objective, Sentinels sentinels);

}  // namespace dovetail
