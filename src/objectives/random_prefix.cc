// SPDX-License-Identifier: Apache-2.0
#include "objectives/random_prefix.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace dovetail {

Parameters prefix_parameters() {
  // with max_prefix below 0.01, a text could be over a hundred times as long as its inputs
  return {{"min_prefix", 0.0, "least share of the text in the prefix", from_up_to(0, 1)},
          {"max_prefix", 1.0, "greatest share of the text in the prefix", between(0.01, 1)}};
}

void check_prefix(const std::string& objective, const nlohmann::json& parameters) {
  const double min_prefix = parameters.at("min_prefix"), max_prefix = parameters.at("max_prefix");
  if (max_prefix >= min_prefix) return;
  throw_<ConfigError>("{}: max_prefix must be at least min_prefix, {}, found {}", objective,
                      min_prefix, max_prefix);
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

NoiseMask random_prefix_noise_mask(int64_t length, const nlohmann::json& parameters, Rng& rng) {
  NoiseMask mask(length);
  const int64_t prefix =
      random_prefix(length, parameters.at("min_prefix"), parameters.at("max_prefix"), rng);
  std::fill(mask.begin() + prefix, mask.end(), 1);
  return mask;
}

int64_t prefix_chunk_length(int64_t length, int64_t extra, const nlohmann::json& parameters) {
  const double min_prefix = parameters.at("min_prefix"), max_prefix = parameters.at("max_prefix");
  int64_t tokens = 2;
  while (prefix_bounds(tokens + 1, min_prefix, max_prefix).most + extra <= length) ++tokens;
  return tokens;
}

}  // namespace dovetail
