// SPDX-License-Identifier: Apache-2.0
// Each token is noise by a coin of its own (Raffel et al. 2020, sec. 3.3.1 and 3.3.3; t5's
// iid_noise_mask). Neighbours that are noise share a sentinel, and targets are those of
// span_corruption, from which the mask alone tells this objective. Six tokens, of which 10, 12 and
// 13 are noise:
//
//   tokens   10 11 12 13 14 15
//   inputs   <extra_id_0> 11 <extra_id_1> 14 15
//   targets  <extra_id_0> 10 <extra_id_1> 12 13
//
// collapse_spans = false is the paper's "MASS-style" (Song et al. 2019 without its restriction to
// one span): each token of noise is a mask of its own, always the same one, and the targets are the
// text:
//
//   inputs   <extra_id_0> 11 <extra_id_0> <extra_id_0> 14 15
//   targets  10 11 12 13 14 15
//
// Where T5's functions meet a text that begins with noise they number the sentinels of inputs and
// targets differently; here a sentinel means the same on both sides, as the paper says.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "objectives/noise.h"
#include "objectives/objective.h"
#include "objectives/parameters.h"

namespace dovetail {

namespace {

const std::string kName = "iid_denoising";

struct Settings {
  double noise_density = 0.15;
  bool collapse_spans = true;
  bool final_sentinel = false;
};

Settings read(const nlohmann::json& parameters) {
  Settings settings;
  settings.noise_density =
      number_parameter(kName, parameters, "noise_density", settings.noise_density);
  settings.collapse_spans =
      flag_parameter(kName, parameters, "collapse_spans", settings.collapse_spans);
  settings.final_sentinel =
      flag_parameter(kName, parameters, "final_sentinel", settings.final_sentinel);
  return settings;
}

void check(const nlohmann::json& parameters) {
  const Settings settings = read(parameters);
  require_parameter(settings.noise_density > 0 && settings.noise_density < 1, kName,
                    "noise_density", "between 0 and 1, both excluded", settings.noise_density);
  if (settings.final_sentinel && !settings.collapse_spans) {
    throw_<ConfigError>("{}: final_sentinel needs collapse_spans = true, found false", kName);
  }
}

// At least one token is noise and at least one is not; else the coins alone decide.
NoiseMask iid_noise_mask(size_t length, double noise_density, Rng& rng) {
  NoiseMask mask(length);
  for (char& noise : mask) noise = rng.uniform() < noise_density;
  const auto count = static_cast<size_t>(std::count(mask.begin(), mask.end(), 1));
  if (count == 0 || count == length) mask[rng.below(length)] ^= 1;
  return mask;
}

// How many sentinels such texts need is a matter of chance, and chance should not stop a run after
// hours: refused are texts for which five standard deviations above the mean are too many. (Runs
// of n coins of density d: mean nd(1-d) + d^2, variance about nd(1-d)(1-3d(1-d)).)
void require_sentinels(size_t length, const Settings& settings, size_t sentinels) {
  const double n = static_cast<double>(length), d = settings.noise_density, pair = d * (1 - d);
  const double likely = n * pair + d * d + 5 * std::sqrt(n * pair * (1 - 3 * pair));
  const double most = std::min(std::ceil(n / 2), likely);
  if (most + settings.final_sentinel <= static_cast<double>(sentinels)) return;
  throw_<ConfigError>(
      "{}: a text of {} tokens may need {} sentinels, found {}: raise the number of sentinels, "
      "lower noise_density, or shorten sequence_length",
      kName, length, std::ceil(most), sentinels);
}

Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols,
               const nlohmann::json& parameters, Rng& rng) {
  const Settings settings = read(parameters);
  const NoiseMask mask = iid_noise_mask(tokens.size(), settings.noise_density, rng);
  if (settings.collapse_spans) {
    require_sentinels(tokens.size(), settings, symbols.sentinels.size());
    return corrupt_spans(tokens, mask, symbols.sentinels, settings.final_sentinel);
  }
  const int32_t sentinel = only_sentinel(kName, symbols.sentinels);
  Denoised denoised{{tokens.begin(), tokens.end()}, {tokens.begin(), tokens.end()}};
  for (size_t i = 0; i < mask.size(); ++i) {
    if (mask[i]) denoised.inputs[i] = sentinel;
  }
  return denoised;
}

}  // namespace

Objective iid_denoising() {
  const Settings settings;
  return {.name = kName,
          .paper = "Raffel et al. 2020, sec. 3.3.1 and 3.3.3",
          .defaults = {{"noise_density", settings.noise_density},
                       {"collapse_spans", settings.collapse_spans},
                       {"final_sentinel", settings.final_sentinel}},
          .example = {{"noise_density", 0.4}},
          .apply = apply,
          .check = check,
          .chunk_length =
              [](int64_t length, const nlohmann::json&) {
                require_sequence_length(kName, length);
                return length - 1;  // no two neighbours may be noise; </s>
              },
          .fills = 1};
}

}  // namespace dovetail
