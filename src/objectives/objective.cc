// SPDX-License-Identifier: Apache-2.0
#include "objectives/objective.h"

#include "base/catalogue.h"
#include "base/error.h"

namespace dovetail {

#define OBJECTIVE(name) Objective name();
#include "objectives/objectives.inc"
#undef OBJECTIVE

const std::vector<Objective>& objectives() {
  static const std::vector<Objective> all = {
#define OBJECTIVE(name) name(),
#include "objectives/objectives.inc"
#undef OBJECTIVE
  };
  return all;
}

const Objective& find_objective(const std::string& name) {
  return find_in_catalogue("objective", objectives(), name);
}

Denoised Objective::apply(std::span<const int32_t> tokens, const Symbols& symbols,
                          const nlohmann::json& parameters, Rng& rng) const {
  if (denoise_fn) return denoise_fn(tokens, symbols, parameters, rng);
  NoiseMask mask = noise_mask_fn
                       ? noise_mask_fn(static_cast<int64_t>(tokens.size()), parameters, rng)
                       : NoiseMask{};
  const NoisyText text{tokens, mask, symbols.sentinels, parameters, rng};
  Denoised denoised;
  denoised.inputs = inputs_fn(text);
  denoised.targets = targets_fn(text);
  denoised.noise = std::move(mask);
  return denoised;
}

NoiseRuns noise_runs(const NoiseMask& noise) {
  NoiseRuns found;
  for (size_t i = 0; i < noise.size(); ++i) found.runs += noise[i] && (i == 0 || !noise[i - 1]);
  found.final_only = found.runs == 1 && noise.back();
  return found;
}

int64_t Objective::chunk_length(int64_t length, const nlohmann::json& parameters) const {
  if (length < kMinSequenceLength) {
    throw_<ConfigError>("{}: sequence_length must be at least {}, found {}", name,
                        kMinSequenceLength, length);
  }
  return chunk_length_fn ? chunk_length_fn(length, parameters) : length - 1;
}

std::vector<std::string> texts_of(const Objective& objective, const nlohmann::json& parameters) {
  return objective.texts ? objective.texts(parameters) : std::vector<std::string>{};
}

BoundObjective make_objective(const std::string& name, const nlohmann::json& parameters) {
  const Objective& objective = find_objective(name);
  return {&objective, resolve_parameters(objective, parameters)};
}

}  // namespace dovetail
