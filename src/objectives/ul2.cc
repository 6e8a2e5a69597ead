// SPDX-License-Identifier: Apache-2.0
// A mixture of denoisers (Tay et al. 2022, table 1): R, regular span corruption; X, extreme, with
// long spans or many; S, sequential, whose one span ends the text. Each example is drawn from one
// of the paper's seven, by equal weights, and begins with the text that names its mode. Six tokens:
//
//   tokens   10 11 12 13 14 15
//   inputs   [NLU] 10 11 <extra_id_0> 13 14 15    or   [S2S] 10 11 12 13 <extra_id_0>
//   targets  <extra_id_0> 12                           <extra_id_0> 14 15
//
// denoisers = [{ mode = "X", noise_density = 0.5, mean_noise_span_length = 3, weight = 1 }, ...]. A
// denoiser without mean_noise_span_length has one span at the end, of a length that is uniform
// around its mean of noise_density (of 100 tokens and 0.25: 1 to 50), which makes it a prefix_lm.
// The mode names are those of the paper; the texts are those of the published checkpoint.
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/names.h"
#include "objectives/noise.h"
#include "objectives/objective.h"
#include "objectives/parameters.h"

namespace dovetail {

namespace {

const std::string kName = "ul2";
const std::vector<std::string> kKeys{"mode", "noise_density", "mean_noise_span_length", "weight"};

struct Denoiser {
  std::string mode;
  double noise_density = 0.15;
  double mean_noise_span_length = 0;  // 0: one span at the end
  double weight = 1;
};

struct Settings {
  std::vector<Denoiser> denoisers;
  bool mode_tokens = true;
  std::vector<std::string> modes, texts;  // in one order
};

nlohmann::json spans(const char* mode, double noise_density, double mean_noise_span_length) {
  return {{"mode", mode},
          {"noise_density", noise_density},
          {"mean_noise_span_length", mean_noise_span_length}};
}

nlohmann::json defaults() {
  const nlohmann::json table = {
      spans("R", 0.15, 3), spans("R", 0.15, 8), {{"mode", "S"}, {"noise_density", 0.25}},
      spans("X", 0.5, 3),  spans("X", 0.5, 8),  spans("X", 0.15, 64),
      spans("X", 0.5, 64)};
  return {{"denoisers", table},
          {"mode_tokens", true},
          {"mode_texts", {{"R", "[NLU]"}, {"S", "[S2S]"}, {"X", "[NLG]"}}}};
}

Denoiser read_denoiser(const nlohmann::json& given) {
  if (!given.is_object() || !given.contains("mode") || !given["mode"].is_string()) {
    throw_<ConfigError>("ul2: a denoiser is {{ mode = ..., noise_density = ... }}, found {}",
                        given.dump());
  }
  for (const auto& [key, value] : given.items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
    throw_<ConfigError>("ul2: a denoiser has no key \"{}\": {}", key, did_you_mean(key, kKeys));
  }
  Denoiser denoiser{.mode = given["mode"]};
  denoiser.noise_density = number_parameter(kName, given, "noise_density", denoiser.noise_density);
  denoiser.mean_noise_span_length = number_parameter(kName, given, "mean_noise_span_length", 0);
  denoiser.weight = number_parameter(kName, given, "weight", denoiser.weight);
  return denoiser;
}

nlohmann::json value_of(const nlohmann::json& parameters, const char* key) {
  static const nlohmann::json all = defaults();
  return parameters.value(key, all.at(key));
}

Settings read(const nlohmann::json& parameters) {
  Settings settings;
  const nlohmann::json denoisers = value_of(parameters, "denoisers");
  if (!denoisers.is_array() || denoisers.empty()) {
    throw_<ConfigError>("ul2: denoisers must be a list of at least one, found {}",
                        denoisers.dump());
  }
  for (const nlohmann::json& given : denoisers) settings.denoisers.push_back(read_denoiser(given));
  settings.mode_tokens = flag_parameter(kName, parameters, "mode_tokens", settings.mode_tokens);
  const nlohmann::json texts = value_of(parameters, "mode_texts");
  if (!texts.is_object()) {
    throw_<ConfigError>("ul2: mode_texts must be a table of texts, found {}", texts.dump());
  }
  for (const auto& [mode, text] : texts.items()) {
    if (!text.is_string() || text.get<std::string>().empty()) {
      throw_<ConfigError>("ul2: mode_texts must hold texts, found {} for {}", text.dump(), mode);
    }
    settings.modes.push_back(mode);
    settings.texts.push_back(text);
  }
  return settings;
}

size_t index_of_mode(const Settings& settings, const std::string& mode) {
  const auto found = std::find(settings.modes.begin(), settings.modes.end(), mode);
  if (found == settings.modes.end()) {
    throw_<ConfigError>("ul2: mode_texts has no text for mode \"{}\": {}", mode,
                        did_you_mean(mode, settings.modes));
  }
  return found - settings.modes.begin();
}

void check(const nlohmann::json& parameters) {
  const Settings settings = read(parameters);
  for (const Denoiser& denoiser : settings.denoisers) {
    require_parameter(denoiser.noise_density > 0 && denoiser.noise_density < 1, kName,
                      "noise_density", "between 0 and 1, both excluded", denoiser.noise_density);
    const double mean = denoiser.mean_noise_span_length;
    require_parameter(mean == 0 || mean >= 1, kName, "mean_noise_span_length",
                      "at least 1, or left out for one span at the end", mean);
    require_parameter(denoiser.weight > 0, kName, "weight", "above 0", denoiser.weight);
    if (settings.mode_tokens) index_of_mode(settings, denoiser.mode);
  }
}

std::vector<std::string> texts(const nlohmann::json& parameters) {
  const Settings settings = read(parameters);
  return settings.mode_tokens ? settings.texts : std::vector<std::string>{};
}

const Denoiser& draw(const std::vector<Denoiser>& denoisers, Rng& rng) {
  double total = 0;
  for (const Denoiser& denoiser : denoisers) total += denoiser.weight;
  double left = rng.uniform() * total;
  size_t chosen = 0;
  while (chosen + 1 < denoisers.size() && left >= denoisers[chosen].weight) {
    left -= denoisers[chosen++].weight;
  }
  return denoisers[chosen];
}

NoiseMask noise_mask(size_t length, const Denoiser& denoiser, Rng& rng) {
  if (denoiser.mean_noise_span_length > 0) {
    return random_spans_noise_mask(length, denoiser.noise_density, denoiser.mean_noise_span_length,
                                   rng);
  }
  const double shortest = std::max(0.0, 1 - 2 * denoiser.noise_density);
  NoiseMask mask(length);
  std::fill(mask.begin() + random_prefix(length, shortest, 1, rng), mask.end(), 1);
  return mask;
}

Denoised apply(std::span<const int32_t> tokens, const Symbols& symbols,
               const nlohmann::json& parameters, Rng& rng) {
  const Settings settings = read(parameters);
  const Denoiser& denoiser = draw(settings.denoisers, rng);
  const NoiseMask mask = noise_mask(tokens.size(), denoiser, rng);
  Denoised denoised = corrupt_spans(tokens, mask, symbols.sentinels, false);
  if (settings.mode_tokens) {
    const size_t mode = index_of_mode(settings, denoiser.mode);
    DOVETAIL_CHECK_LT(mode, symbols.texts.size());
    const std::vector<int32_t>& text = symbols.texts[mode];
    denoised.inputs.insert(denoised.inputs.begin(), text.begin(), text.end());
  }
  return denoised;
}

// A text is cut before its denoiser is drawn, so the shortest decides.
int64_t chunk_length(int64_t length, const nlohmann::json& parameters) {
  require_sequence_length(kName, length);
  int64_t shortest = std::numeric_limits<int64_t>::max();
  for (const Denoiser& denoiser : read(parameters).denoisers) {
    const double mean = denoiser.mean_noise_span_length;
    // at the end: all but one token may be kept, and sentinel and </s> follow
    const int64_t own =
        mean > 0 ? span_chunk_length(length, denoiser.noise_density, mean) : length - 1;
    shortest = std::min(shortest, own);
  }
  return shortest;
}

}  // namespace

Objective ul2() {
  return {.name = kName,
          .paper = "Tay et al. 2022, table 1",
          .defaults = defaults(),
          .example = {{"denoisers",
                       {spans("R", 0.34, 2),
                        spans("X", 0.67, 2),
                        {{"mode", "S"}, {"noise_density", 0.4}}}}},
          .apply = apply,
          .check = check,
          .chunk_length = chunk_length,
          .texts = texts};
}

}  // namespace dovetail
