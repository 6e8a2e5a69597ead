// SPDX-License-Identifier: Apache-2.0
// BART's text infilling (Lewis et al. 2020, sec. 2.2): spans with lengths drawn from a Poisson
// distribution become one mask each, the same for all, and a span of no token inserts a mask; the
// targets are the whole text. Six tokens, of which 11 and 12 13 make spans, and one span is empty:
//
//   tokens   10 11 12 13 14 15
//   inputs   10 <extra_id_0> 14 <extra_id_0> 15
//   targets  10 11 12 13 14 15
//
// How many tokens are masked is rounded up, and lengths are drawn until they come to that many, of
// which the last is cut, as in fairseq's denoising data set. Two things differ from it. Spans
// are laid out so that all arrangements of kept tokens and spans are equally likely, where
// fairseq draws beginnings and lets spans run into one another, which masks less than was asked
// for. And there are at most as many spans as masked tokens (the last one takes what is left), so
// that inputs are never longer than the text.
#include <algorithm>
#include <cmath>

#include "objectives/noise.h"
#include "objectives/objective.h"
#include "objectives/parameters.h"

namespace dovetail {

namespace {

const std::string kName = "bart_infilling";

struct Settings {
  double mask_ratio = 0.3;
  double poisson_lambda = 3.0;
};

Settings read(const nlohmann::json& parameters) {
  Settings settings;
  settings.mask_ratio = number_parameter(kName, parameters, "mask_ratio", settings.mask_ratio);
  settings.poisson_lambda =
      number_parameter(kName, parameters, "poisson_lambda", settings.poisson_lambda);
  return settings;
}

void check(const nlohmann::json& parameters) {
  const Settings settings = read(parameters);
  require_parameter(settings.mask_ratio > 0 && settings.mask_ratio < 1, kName, "mask_ratio",
                    "between 0 and 1, both excluded", settings.mask_ratio);
  // below 1 there would mostly be more spans than masked tokens; above 100 exp() nears zero
  require_parameter(settings.poisson_lambda >= 1 && settings.poisson_lambda <= 100, kName,
                    "poisson_lambda", "at least 1 and at most 100", settings.poisson_lambda);
}

// By inversion; exact for the lambdas that check() lets through.
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
  rng.shuffle(std::span(lengths));  // else the one that was cut would always end the text
  return lengths;
}

int64_t count_masked(int64_t length, double mask_ratio) {
  constexpr double kRounding = 1e-9;  // 0.3 * 10 is a little more than 3
  const double masked = std::ceil(static_cast<double>(length) * mask_ratio - kRounding);
  return std::clamp<int64_t>(static_cast<int64_t>(masked), 1, length - 1);
}

Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols,
               const nlohmann::json& parameters, Rng& rng) {
  const int32_t mask = only_sentinel(kName, symbols.sentinels);
  const Settings settings = read(parameters);
  const auto length = static_cast<int64_t>(tokens.size());
  const int64_t masked = count_masked(length, settings.mask_ratio);
  const std::vector<int64_t> lengths = span_lengths(masked, settings.poisson_lambda, rng);
  std::vector<char> is_span(length - masked + lengths.size());
  std::fill_n(is_span.begin(), lengths.size(), 1);
  rng.shuffle(std::span(is_span));

  Denoised denoised{{}, {tokens.begin(), tokens.end()}};
  size_t position = 0, span = 0;
  for (const char masks : is_span) {
    denoised.inputs.push_back(masks ? mask : tokens[position]);
    position += masks ? lengths[span++] : 1;
  }
  return denoised;
}

}  // namespace

Objective bart_infilling() {
  const Settings settings;
  return {.name = kName,
          .paper = "Lewis et al. 2020, sec. 2.2, text infilling",
          .defaults = {{"mask_ratio", settings.mask_ratio},
                       {"poisson_lambda", settings.poisson_lambda}},
          .example = {{"mask_ratio", 0.5}, {"poisson_lambda", 1.5}},
          .apply = apply,
          .check = check,
          .chunk_length =
              [](int64_t length, const nlohmann::json&) {
                require_sequence_length(kName, length);
                return length - 1;  // spans of one token leave the length as it is; </s>
              },
          .fills = 1};
}

}  // namespace dovetail
