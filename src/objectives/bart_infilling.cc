// SPDX-License-Identifier: Apache-2.0
// BART's text infilling (Lewis et al. 2020, sec. 2.2): spans with lengths drawn from a Poisson
// distribution become one mask each, the same for all, and a span of no token inserts a mask; the
// targets are the whole text. Six tokens, of which 11 and 12 13 make spans, and one span is empty:
//
//   tokens   10 11 12 13 14 15
//   inputs   10 <extra_id_0> 14 <extra_id_0> 15
//   targets  10 11 12 13 14 15
//
// The number of masked tokens is rounded up. Lengths are drawn until they come to that many, and
// the last one is cut, as in fairseq's denoising data set. Two things differ from fairseq. All
// arrangements of kept tokens and spans are equally likely, where fairseq draws beginnings and lets
// spans run into one another, which masks less than was asked for. And there are at most as many
// spans as masked tokens (the last one takes the rest), so inputs have at most as many tokens as
// the text. A mask of tokens has no place for an empty span, so this is no noise_mask_fn.
#include <algorithm>
#include <cmath>

#include "objectives/noise.h"
#include "objectives/objective.h"

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

Denoised infill(std::span<const int32_t> tokens, const Symbols& symbols,
                const nlohmann::json& parameters, Rng& rng) {
  const int32_t mask = only_sentinel("bart_infilling", symbols.sentinels);
  const auto length = static_cast<int64_t>(tokens.size());
  const int64_t masked = count_masked(length, parameters.at("mask_ratio"));
  const std::vector<int64_t> lengths = span_lengths(masked, parameters.at("poisson_lambda"), rng);
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
  // with a lambda below 1, most examples would have more spans than masked tokens; above 100,
  // exp(-lambda) nears zero
  return {.name = "bart_infilling",
          .paper = "Lewis et al. 2020, sec. 2.2, text infilling",
          .parameters = {{"mask_ratio", 0.3, "share of the tokens masked", strictly_between(0, 1)},
                         {"poisson_lambda", 3.0, "mean length of a span", between(1, 100)}},
          .example = {{"mask_ratio", 0.5}, {"poisson_lambda", 1.5}},
          .denoise_fn = infill,
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
