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

int32_t sentinel_of_run(const NoisyText& text, size_t run) {
  if (run < text.sentinels.size()) return text.sentinels[run];
  throw_<ConfigError>(
      "a text of {} tokens needs more than the {} sentinels there are: raise the number of "
      "sentinels or the mean span length, or shorten sequence_length",
      text.tokens.size(), text.sentinels.size());
}

bool begins_run(const NoisyText& text, size_t i) {
  return text.mask[i] && (i == 0 || !text.mask[i - 1]);
}

TokenIds tokens_where(const NoisyText& text, bool noise) {
  TokenIds kept;
  for (size_t i = 0; i < text.tokens.size(); ++i) {
    if (bool(text.mask[i]) == noise) kept.push_back(text.tokens[i]);
  }
  return kept;
}

}  // namespace

Parameter noise_density_parameter() {
  return {"noise_density", 0.15, "share of the tokens that is noise", strictly_between(0, 1)};
}

Parameter mean_noise_span_length_parameter() {
  return {"mean_noise_span_length", 3.0, "mean length of a noise span, in tokens", at_least(1)};
}

Parameter final_sentinel_parameter() {
  return {"final_sentinel", false, "whether one more sentinel ends the targets"};
}

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

NoiseMask iid_noise_mask(int64_t length, double noise_density, Rng& rng) {
  NoiseMask mask(length);
  for (char& noise : mask) noise = rng.uniform() < noise_density;
  const auto count = std::count(mask.begin(), mask.end(), 1);
  if (count == 0 || count == length) mask[rng.below(length)] ^= 1;
  return mask;
}

int32_t random_token(std::span<const int32_t> tokens, const Symbols& symbols, Rng& rng) {
  const std::span<const char> ordinary = symbols.ordinary;
  if (std::ranges::find(ordinary, 1) == ordinary.end()) return tokens[rng.below(tokens.size())];
  while (true) {
    const uint64_t id = rng.below(ordinary.size());
    if (ordinary[id]) return static_cast<int32_t>(id);
  }
}

TokenIds noise_span_to_unique_sentinel(const NoisyText& text) {
  DOVETAIL_CHECK_EQ(text.tokens.size(), text.mask.size());
  TokenIds inputs;
  size_t runs = 0;
  for (size_t i = 0; i < text.tokens.size(); ++i) {
    if (!text.mask[i]) {
      inputs.push_back(text.tokens[i]);
    } else if (begins_run(text, i)) {
      inputs.push_back(sentinel_of_run(text, runs++));
    }
  }
  return inputs;
}

TokenIds noise_spans_after_sentinels(const NoisyText& text) {
  DOVETAIL_CHECK_EQ(text.tokens.size(), text.mask.size());
  TokenIds targets;
  size_t runs = 0;
  for (size_t i = 0; i < text.tokens.size(); ++i) {
    if (!text.mask[i]) continue;
    if (begins_run(text, i)) targets.push_back(sentinel_of_run(text, runs++));
    targets.push_back(text.tokens[i]);
  }
  if (text.parameters.value("final_sentinel", false)) {
    targets.push_back(sentinel_of_run(text, runs));
  }
  return targets;
}

TokenIds drop_noise_tokens(const NoisyText& text) { return tokens_where(text, false); }

TokenIds drop_nonnoise_tokens(const NoisyText& text) { return tokens_where(text, true); }

TokenIds all_tokens(const NoisyText& text) { return {text.tokens.begin(), text.tokens.end()}; }

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

}  // namespace dovetail
