// SPDX-License-Identifier: Apache-2.0
// Each token is noise by a coin of its own (Raffel et al. 2020, sec. 3.3.1 and 3.3.3; t5's
// iid_noise_mask). Neighbours that are noise share a sentinel. Only the mask differs from
// span_corruption. Six tokens, of which 10, 12 and 13 are noise:
//
//   tokens   10 11 12 13 14 15
//   inputs   <extra_id_0> 11 <extra_id_1> 14 15
//   targets  <extra_id_0> 10 <extra_id_1> 12 13
//
// collapse_spans = false is the paper's "MASS-style" (Song et al. 2019 without its restriction to
// one span): each token of noise becomes a mask, always the same one, and the targets are the text:
//
//   inputs   <extra_id_0> 11 <extra_id_0> <extra_id_0> 14 15
//   targets  10 11 12 13 14 15
//
// For a text that begins with noise, T5's functions number the sentinels of inputs and targets
// differently; here a sentinel means the same on both sides, as in the paper.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "objectives/noise.h"
#include "objectives/objective.h"

namespace dovetail {

namespace {

NoiseMask coins_mask(int64_t length, const nlohmann::json& parameters, Rng& rng) {
  return iid_noise_mask(length, parameters.at("noise_density"), rng);
}

// The number of sentinels that a text needs is random, and chance should not stop a run after
// hours: texts are refused for which five standard deviations above the mean are too many. (Runs
// of n coins of density d: mean nd(1-d) + d^2, variance about nd(1-d)(1-3d(1-d)).)
void require_sentinels(const NoisyText& text) {
  const auto n = static_cast<double>(text.tokens.size());
  const double d = text.parameters.at("noise_density"), pair = d * (1 - d);
  const bool final_sentinel = text.parameters.at("final_sentinel");
  const double likely = n * pair + d * d + 5 * std::sqrt(n * pair * (1 - 3 * pair));
  const double most = std::min(std::ceil(n / 2), likely);
  if (most + final_sentinel <= static_cast<double>(text.sentinels.size())) return;
  throw_<ConfigError>(
      "iid_denoising: a text of {} tokens may need {} sentinels, found {}: raise the number of "
      "sentinels, lower noise_density, or shorten sequence_length",
      n, std::ceil(most), text.sentinels.size());
}

bool collapses_spans(const NoisyText& text) {
  return text.parameters.at("collapse_spans").get<bool>();
}

TokenIds iid_inputs(const NoisyText& text) {
  if (collapses_spans(text)) {
    require_sentinels(text);
    return noise_span_to_unique_sentinel(text);
  }
  const int32_t sentinel = only_sentinel("iid_denoising", text.sentinels);
  TokenIds inputs = all_tokens(text);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (text.mask[i]) inputs[i] = sentinel;
  }
  return inputs;
}

TokenIds iid_targets(const NoisyText& text) {
  return collapses_spans(text) ? noise_spans_after_sentinels(text) : all_tokens(text);
}

void check_final_sentinel(const nlohmann::json& parameters) {
  if (parameters.at("collapse_spans").get<bool>()) return;
  if (!parameters.at("final_sentinel").get<bool>()) return;
  throw_<ConfigError>("iid_denoising: final_sentinel needs collapse_spans = true, found false");
}

}  // namespace

Objective iid_denoising() {
  return {.name = "iid_denoising",
          .paper = "Raffel et al. 2020, sec. 3.3.1 and 3.3.3",
          .parameters = {noise_density_parameter(),
                         {"collapse_spans", true, "whether a run of noise is one sentinel"},
                         final_sentinel_parameter()},
          .example = {{"noise_density", 0.4}},
          .noise_mask_fn = coins_mask,
          .inputs_fn = iid_inputs,
          .targets_fn = iid_targets,
          .check = check_final_sentinel,
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
