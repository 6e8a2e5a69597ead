// SPDX-License-Identifier: Apache-2.0
// BERT's masks in an encoder-decoder (Devlin et al. 2019; Raffel et al. 2020, table 3 and sec.
// 3.3.1): each token is noise by a coin of its own; 90 % of the noise become a mask, always the
// same, and 10 % a random token. The targets are the whole text. Six tokens, of which 10, 12 and 13
// are noise, 13 by a random token:
//
//   tokens   10 11 12 13 14 15
//   inputs   <extra_id_0> 11 <extra_id_0> 15 14 15
//   targets  10 11 12 13 14 15
//
// random_share = 0 is the paper's MASS-style, which is also iid_denoising without collapse_spans.
#include "objectives/noise.h"
#include "objectives/objective.h"

namespace dovetail {

namespace {

Denoised mask_or_replace(std::span<const int32_t> tokens, const Symbols& symbols,
                         const nlohmann::json& parameters, Rng& rng) {
  const int32_t mask = only_sentinel("bert_style", symbols.sentinels);
  const double random_share = parameters.at("random_share");
  Denoised denoised{
      .inputs = {tokens.begin(), tokens.end()},
      .targets = {tokens.begin(), tokens.end()},
      .noise = iid_noise_mask(std::ssize(tokens), parameters.at("noise_density"), rng)};
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!denoised.noise[i]) continue;
    const bool replaces = rng.uniform() < random_share;
    denoised.inputs[i] = replaces ? random_token(tokens, symbols, rng) : mask;
  }
  return denoised;
}

}  // namespace

Objective bert_style() {
  return {.name = "bert_style",
          .paper = "Devlin et al. 2019; Raffel et al. 2020, table 3 and sec. 3.3.1",
          .parameters = {noise_density_parameter(),
                         {"random_share", 0.1, "share of the noise that becomes a random token",
                          between(0, 1)}},
          .example = {{"noise_density", 0.4}},
          .denoise_fn = mask_or_replace,
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
