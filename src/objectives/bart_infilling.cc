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
// the text. A mask of tokens has no place for an empty span, so this is no noise_mask_fn. Half of
// BART's own recipe: `bart` has the other half.
#include <numeric>

#include "objectives/infilling.h"

namespace dovetail {

namespace {

Denoised infill_tokens(std::span<const int32_t> tokens, const Symbols& symbols,
                       const nlohmann::json& parameters, Rng& rng) {
  std::vector<int64_t> order(tokens.size());
  std::iota(order.begin(), order.end(), 0);
  const InfillSettings settings{parameters.at("mask_ratio"), parameters.at("poisson_lambda"), 0};
  return infill("bart_infilling", tokens, {order, order}, symbols, settings, rng);
}

}  // namespace

Objective bart_infilling() {
  return {.name = "bart_infilling",
          .paper = "Lewis et al. 2020, sec. 2.2, text infilling",
          .parameters = {mask_ratio_parameter("tokens"), poisson_lambda_parameter()},
          .example = {{"mask_ratio", 0.5}, {"poisson_lambda", 1.5}},
          .denoise_fn = infill_tokens,
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
