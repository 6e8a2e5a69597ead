// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "objectives/objective.h"

// The split of a text into a prefix and a suffix that is noise. prefix_lm and suffix_denoising
// draw alike: with the same seed, they differ in nothing but the sentinel.
namespace dovetail {

// min_prefix and max_prefix, the bounds of the prefix as shares of the text: 0 and 1.
Parameters prefix_parameters();
// ConfigError "OBJECTIVE: max_prefix must be at least min_prefix ...".
void check_prefix(const std::string& objective, const nlohmann::json& parameters);

// How many tokens a prefix may have: in [1, length - 1] and, as far as that allows, in
// [min_prefix * length, max_prefix * length].
struct PrefixBounds {
  int64_t least = 0;
  int64_t most = 0;
};
PrefixBounds prefix_bounds(int64_t length, double min_prefix, double max_prefix);

// A length of the prefix, uniform within its bounds.
int64_t random_prefix(int64_t length, double min_prefix, double max_prefix, Rng& rng);

// T5's random_prefix_noise_mask, within min_prefix and max_prefix: the suffix is noise.
NoiseMask random_prefix_noise_mask(int64_t length, const nlohmann::json& parameters, Rng& rng);

// The longest text whose longest prefix and `extra` more tokens fit into `length`.
int64_t prefix_chunk_length(int64_t length, int64_t extra, const nlohmann::json& parameters);

}  // namespace dovetail
