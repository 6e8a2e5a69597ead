// SPDX-License-Identifier: Apache-2.0
// Spans of the text are cut out and asked for, T5's own pre-training objective (Raffel et al.
// 2020, sec. 3.3.4; t5/data/preprocessors.py). Six tokens, of which 11 and 14 15 are noise:
//
//   tokens   10 11 12 13 14 15
//   inputs   10 <extra_id_0> 12 13 <extra_id_1>
//   targets  <extra_id_0> 11 <extra_id_1> 14 15
//   targets  <extra_id_0> 11 <extra_id_1> 14 15 <extra_id_2>      (final_sentinel = true)
//
// In T5's code a sentinel ends the targets where the text ends in tokens that were kept, as in the
// paper's figure 2. Its random_spans_noise_mask always ends in noise, so in pre-training there is
// no such sentinel, and 512 input tokens go with 114 targets. `final_sentinel` always adds it.
#include "objectives/noise.h"
#include "objectives/objective.h"

namespace dovetail {

namespace {

NoiseMask spans_mask(int64_t length, const nlohmann::json& parameters, Rng& rng) {
  return random_spans_noise_mask(length, parameters.at("noise_density"),
                                 parameters.at("mean_noise_span_length"), rng);
}

int64_t spans_chunk_length(int64_t length, const nlohmann::json& parameters) {
  return span_chunk_length(length, parameters.at("noise_density"),
                           parameters.at("mean_noise_span_length"));
}

}  // namespace

Objective span_corruption() {
  return {.name = "span_corruption",
          .paper = "Raffel et al. 2020, sec. 3.3.4",
          .parameters = {noise_density_parameter(), mean_noise_span_length_parameter(),
                         final_sentinel_parameter()},
          .example = {{"noise_density", 0.5}, {"mean_noise_span_length", 1.5}},
          .noise_mask_fn = spans_mask,
          .inputs_fn = noise_span_to_unique_sentinel,
          .targets_fn = noise_spans_after_sentinels,
          .chunk_length_fn = spans_chunk_length,
          .answer_style = AnswerStyle::infill};
}

}  // namespace dovetail
