// SPDX-License-Identifier: Apache-2.0
#include "objectives/infilling.h"

#include <algorithm>
#include <cmath>

#include "objectives/noise.h"

namespace dovetail {

namespace {

// By inversion, which is exact for the lambdas in range.
int64_t draw_poisson(double lambda, Rng& rng) {
  double draw = rng.uniform(), probability = std::exp(-lambda);
  int64_t count = 0;
  while (draw >= probability && probability > 0) {
    draw -= probability;
    probability *= lambda / static_cast<double>(++count);
  }
  return count;
}

std::vector<int64_t> span_lengths(int64_t masked, double lambda, Rng& rng) {
  std::vector<int64_t> lengths;
  for (int64_t left = masked; left > 0; left -= lengths.back()) {
    const bool last = static_cast<int64_t>(lengths.size()) + 1 == masked;
    lengths.push_back(last ? left : std::min(left, draw_poisson(lambda, rng)));
  }
  rng.shuffle(std::span(lengths));  // else the span that was cut would always be the last
  return lengths;
}

int64_t count_masked(int64_t length, double mask_ratio) {
  constexpr double kRounding = 1e-9;  // 0.3 * 10 is a little more than 3
  const double masked = std::ceil(static_cast<double>(length) * mask_ratio - kRounding);
  return std::clamp<int64_t>(static_cast<int64_t>(masked), 1, length - 1);
}

}  // namespace

Parameter mask_ratio_parameter(const std::string& of_what) {
  return {"mask_ratio", 0.3, "share of the " + of_what + " masked", strictly_between(0, 1)};
}

// With a lambda below 1, most examples would have more spans than masked tokens; above 100,
// exp(-lambda) nears zero.
Parameter poisson_lambda_parameter() {
  return {"poisson_lambda", 3.0, "mean length of a span", between(1, 100)};
}

Denoised infill(const std::string& objective, std::span<const int32_t> tokens,
                const InfillUnits& units, const Symbols& symbols, const InfillSettings& settings,
                Rng& rng) {
  const int32_t mask = only_sentinel(objective, symbols.sentinels);
  const auto num_units = std::ssize(units.begins);
  const int64_t masked = count_masked(num_units, settings.mask_ratio);
  const std::vector<int64_t> lengths = span_lengths(masked, settings.poisson_lambda, rng);
  std::vector<char> is_span(num_units - masked + lengths.size());
  std::fill_n(is_span.begin(), lengths.size(), 1);
  rng.shuffle(std::span(is_span));

  Denoised denoised{{}, {tokens.begin(), tokens.end()}, NoiseMask(tokens.size())};
  const auto begin_of = [&](int64_t unit) {
    return unit < num_units ? units.begins[unit] : std::ssize(units.order);
  };
  int64_t unit = 0;
  size_t span = 0;
  for (const char masks : is_span) {
    const int64_t next = unit + (masks ? lengths[span++] : 1);
    if (masks) {
      const bool replaces = settings.random_share > 0 && rng.uniform() < settings.random_share;
      denoised.inputs.push_back(replaces ? random_token(tokens, symbols, rng) : mask);
    }
    for (int64_t i = begin_of(unit); i < begin_of(next); ++i) {
      const int64_t place = units.order[i];
      if (masks) {
        denoised.noise[place] = 1;
      } else {
        denoised.inputs.push_back(tokens[place]);
      }
    }
    unit = next;
  }
  return denoised;
}

}  // namespace dovetail
