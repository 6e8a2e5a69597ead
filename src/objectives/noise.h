// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "objectives/objective.h"

namespace dovetail {

// Which tokens are noise. (char and not bool: a span of it can be shuffled.)
using NoiseMask = std::vector<char>;

// How many tokens and spans of `length` are noise, rounded as in T5 (t5/data/preprocessors.py,
// random_spans_noise_mask): in single precision, halves to even, at least one token and one span,
// at least one token that is not noise.
struct NoiseCounts {
  int64_t tokens = 0;
  int64_t spans = 0;
};
NoiseCounts count_noise(int64_t length, double noise_density, double mean_noise_span_length);

// T5's random_spans_noise_mask. Spans alternate, beginning with one that is not noise and ending
// with noise; all masks with these counts are equally likely.
NoiseMask random_spans_noise_mask(int64_t length, double noise_density,
                                  double mean_noise_span_length, Rng& rng);

// T5's noise_span_to_unique_sentinel: each run of noise becomes the next sentinel.
//   tokens 10 11 12 13 14 15, mask 0 1 0 0 1 1  ->  10 <0> 12 13 <1>
// Throws ConfigError when there are fewer sentinels than runs.
std::vector<int32_t> noise_span_to_unique_sentinel(std::span<const int32_t> tokens,
                                                   std::span<const char> mask, Sentinels sentinels);

// The same with noise and text exchanged: what T5 has as targets.
//   tokens 10 11 12 13 14 15, mask 0 1 0 0 1 1  ->  <0> 11 <1> 14 15
//   tokens 10 11 12 13 14 15, mask 0 1 0 1 1 0  ->  <0> 11 <1> 13 14 <2>
std::vector<int32_t> nonnoise_span_to_unique_sentinel(std::span<const int32_t> tokens,
                                                      std::span<const char> mask,
                                                      Sentinels sentinels);

// The inputs and targets of span corruption (Raffel et al. 2020, figure 2): each run of noise
// becomes the next sentinel, after which the targets say it. `final_sentinel` ends the targets with
// one more. Throws ConfigError when there are fewer sentinels than that needs.
//   tokens 10 11 12 13 14 15, mask 1 0 0 1 1 0  ->  <0> 11 12 <1> 15  and  <0> 10 <1> 13 14
Denoised corrupt_spans(std::span<const int32_t> tokens, std::span<const char> mask,
                       Sentinels sentinels, bool final_sentinel);

// T5's random_spans_helper: the longest text that random_spans_noise_mask leaves `length` inputs
// of, sentinels and </s> among them. 568 tokens for inputs of 512, whose targets are then 114.
int64_t span_chunk_length(int64_t length, double noise_density, double mean_noise_span_length);

// Objectives with one mask symbol have <extra_id_0>. ConfigError when the vocabulary has none.
int32_t only_sentinel(const std::string& objective, Sentinels sentinels);

// A uniform split point: how many tokens come before it, in [1, length - 1] and, as far as that
// allows, in [min_prefix * length, max_prefix * length].
struct PrefixBounds {
  int64_t least = 0;
  int64_t most = 0;
};
PrefixBounds prefix_bounds(int64_t length, double min_prefix, double max_prefix);
int64_t random_prefix(int64_t length, double min_prefix, double max_prefix, Rng& rng);

}  // namespace dovetail
