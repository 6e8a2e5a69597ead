// SPDX-License-Identifier: Apache-2.0
#include "objectives/noise.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace dovetail {

namespace {

int64_t round_half_to_even(float value) { return static_cast<int64_t>(std::nearbyint(value)); }

// `num_items` into `num_segments` parts of at least one, all ways equally likely.
std::vector<int64_t> random_segmentation(int64_t num_items, int64_t num_segments, Rng& rng) {
  std::vector<char> starts(num_items - 1);
  std::fill_n(starts.begin(), num_segments - 1, 1);
  rng.shuffle(std::span(starts));
  std::vector<int64_t> lengths{1};
  for (const char starts_segment : starts) {
    if (starts_segment) {
      lengths.push_back(1);
    } else {
      ++lengths.back();
    }
  }
  return lengths;
}

[[noreturn]] void refuse_text(size_t tokens, size_t sentinels) {
  throw_<ConfigError>(
      "a text of {} tokens needs more than the {} sentinels there are: raise the number of "
      "sentinels or the mean span length, or shorten sequence_length",
      tokens, sentinels);
}

// Runs of tokens where mask == marked become sentinels, the other tokens stay.
std::vector<int32_t> replace_runs(std::span<const int32_t> tokens, std::span<const char> mask,
                                  char marked, Sentinels sentinels) {
  DOVETAIL_CHECK_EQ(tokens.size(), mask.size());
  std::vector<int32_t> replaced;
  size_t runs = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (mask[i] != marked) {
      replaced.push_back(tokens[i]);
    } else if (i == 0 || mask[i - 1] != marked) {
      if (runs == sentinels.size()) refuse_text(tokens.size(), sentinels.size());
      replaced.push_back(sentinels[runs++]);
    }
  }
  return replaced;
}

}  // namespace

NoiseCounts count_noise(int64_t length, double noise_density, double mean_noise_span_length) {
  NoiseCounts counts;
  counts.tokens =
      round_half_to_even(static_cast<float>(length) * static_cast<float>(noise_density));
  counts.tokens = std::clamp<int64_t>(counts.tokens, 1, length - 1);
  counts.spans = round_half_to_even(static_cast<float>(counts.tokens) /
                                    static_cast<float>(mean_noise_span_length));
  // T5 has no upper bound here and fails where noise is dense and spans are short
  counts.spans = std::clamp<int64_t>(counts.spans, 1, length - counts.tokens);
  return counts;
}

NoiseMask random_spans_noise_mask(int64_t length, double noise_density,
                                  double mean_noise_span_length, Rng& rng) {
  DOVETAIL_CHECK(length >= 2);
  const NoiseCounts counts = count_noise(length, noise_density, mean_noise_span_length);
  const std::vector<int64_t> noise = random_segmentation(counts.tokens, counts.spans, rng);
  const std::vector<int64_t> text = random_segmentation(length - counts.tokens, counts.spans, rng);
  NoiseMask mask;
  for (int64_t i = 0; i < counts.spans; ++i) {
    mask.insert(mask.end(), text[i], 0);
    mask.insert(mask.end(), noise[i], 1);
  }
  return mask;
}

std::vector<int32_t> noise_span_to_unique_sentinel(std::span<const int32_t> tokens,
                                                   std::span<const char> mask,
                                                   Sentinels sentinels) {
  return replace_runs(tokens, mask, 1, sentinels);
}

std::vector<int32_t> nonnoise_span_to_unique_sentinel(std::span<const int32_t> tokens,
                                                      std::span<const char> mask,
                                                      Sentinels sentinels) {
  return replace_runs(tokens, mask, 0, sentinels);
}

Denoised corrupt_spans(std::span<const int32_t> tokens, std::span<const char> mask,
                       Sentinels sentinels, bool final_sentinel) {
  Denoised denoised{noise_span_to_unique_sentinel(tokens, mask, sentinels), {}};
  size_t runs = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!mask[i]) continue;
    if (i == 0 || !mask[i - 1]) denoised.targets.push_back(sentinels[runs++]);
    denoised.targets.push_back(tokens[i]);
  }
  if (!final_sentinel) return denoised;
  if (runs == sentinels.size()) refuse_text(tokens.size(), sentinels.size());
  denoised.targets.push_back(sentinels[runs]);
  return denoised;
}

int64_t span_chunk_length(int64_t length, double noise_density, double mean_noise_span_length) {
  const auto inputs_length = [&](int64_t tokens) {
    const NoiseCounts counts = count_noise(tokens, noise_density, mean_noise_span_length);
    return tokens - counts.tokens + counts.spans + 1;
  };
  int64_t tokens = length - 1;
  while (inputs_length(tokens + 1) <= length) ++tokens;
  return tokens;
}

int32_t only_sentinel(const std::string& objective, Sentinels sentinels) {
  if (sentinels.empty()) {
    throw_<ConfigError>("{} needs a vocabulary with a sentinel, found one without", objective);
  }
  return sentinels[0];
}

PrefixBounds prefix_bounds(int64_t length, double min_prefix, double max_prefix) {
  DOVETAIL_CHECK(length >= 2);
  constexpr double kRounding = 1e-9;  // 0.55 * 100 is a little more than 55
  PrefixBounds bounds;
  bounds.least = static_cast<int64_t>(std::ceil(min_prefix * length - kRounding));
  bounds.least = std::clamp<int64_t>(bounds.least, 1, length - 1);
  bounds.most = static_cast<int64_t>(std::floor(max_prefix * length + kRounding));
  bounds.most = std::clamp<int64_t>(bounds.most, bounds.least, length - 1);
  return bounds;
}

int64_t random_prefix(int64_t length, double min_prefix, double max_prefix, Rng& rng) {
  const PrefixBounds bounds = prefix_bounds(length, min_prefix, max_prefix);
  return bounds.least + static_cast<int64_t>(rng.below(bounds.most - bounds.least + 1));
}

}  // namespace dovetail
