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
// paper's figure 2; its random_spans_noise_mask always ends in noise, so in pre-training none
// does, and 512 input tokens go with 114 targets. `final_sentinel` adds it always.
#include "objectives/noise.h"
#include "objectives/objective.h"
#include "objectives/parameters.h"

namespace dovetail {

namespace {

const std::string kName = "span_corruption";

struct Settings {
  double noise_density = 0.15;
  double mean_noise_span_length = 3.0;
  bool final_sentinel = false;
};

Settings read(const nlohmann::json& parameters) {
  Settings settings;
  settings.noise_density =
      number_parameter(kName, parameters, "noise_density", settings.noise_density);
  settings.mean_noise_span_length = number_parameter(kName, parameters, "mean_noise_span_length",
                                                     settings.mean_noise_span_length);
  settings.final_sentinel =
      flag_parameter(kName, parameters, "final_sentinel", settings.final_sentinel);
  return settings;
}

void check(const nlohmann::json& parameters) {
  const Settings settings = read(parameters);
  require_parameter(settings.noise_density > 0 && settings.noise_density < 1, kName,
                    "noise_density", "between 0 and 1, both excluded", settings.noise_density);
  require_parameter(settings.mean_noise_span_length >= 1, kName, "mean_noise_span_length",
                    "at least 1", settings.mean_noise_span_length);
}

Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols,
               const nlohmann::json& parameters, Rng& rng) {
  const Settings settings = read(parameters);
  const NoiseMask mask = random_spans_noise_mask(tokens.size(), settings.noise_density,
                                                 settings.mean_noise_span_length, rng);
  return corrupt_spans(tokens, mask, symbols.sentinels, settings.final_sentinel);
}

int64_t chunk_length(int64_t length, const nlohmann::json& parameters) {
  require_sequence_length(kName, length);
  const Settings settings = read(parameters);
  return span_chunk_length(length, settings.noise_density, settings.mean_noise_span_length);
}

}  // namespace

Objective span_corruption() {
  const Settings settings;
  return {.name = kName,
          .paper = "Raffel et al. 2020, sec. 3.3.4",
          .defaults = {{"noise_density", settings.noise_density},
                       {"mean_noise_span_length", settings.mean_noise_span_length},
                       {"final_sentinel", settings.final_sentinel}},
          .example = {{"noise_density", 0.5}, {"mean_noise_span_length", 1.5}},
          .apply = apply,
          .check = check,
          .chunk_length = chunk_length,
          .fills = 1};
}

}  // namespace dovetail
