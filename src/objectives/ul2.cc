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
#include "objectives/random_prefix.h"

namespace dovetail {

namespace {

struct Denoiser {
  std::string mode;
  double noise_density = 0;
  double mean_noise_span_length = 0;  // 0: one span at the end
  double weight = 0;
};

struct Ul2Settings {
  std::vector<Denoiser> denoisers;
  bool mode_tokens = false;
  std::vector<std::string> modes, texts;  // in one order
};

nlohmann::json spans(const char* mode, double noise_density, double mean_noise_span_length) {
  return {{"mode", mode},
          {"noise_density", noise_density},
          {"mean_noise_span_length", mean_noise_span_length}};
}

nlohmann::json span_at_end(double noise_density) {
  return {{"mode", "S"}, {"noise_density", noise_density}};
}

const Parameters& denoiser_parameters() {
  static const Parameters all = {
      {"mode", "", "the key of its text in mode_texts"},
      noise_density_parameter(),
      {"mean_noise_span_length", 0.0, "in tokens; 0: one span at the end", at_least(0)},
      {"weight", 1.0, "share of the examples, relative to the other weights", above(0)}};
  return all;
}

Denoiser read_denoiser(const nlohmann::json& given) {
  if (!given.is_object() || !given.contains("mode")) {
    throw_<ConfigError>("ul2: a denoiser is {{ mode = ..., noise_density = ... }}, found {}",
                        given.dump());
  }
  const nlohmann::json whole =
      resolve_parameters("a denoiser of ul2", denoiser_parameters(), given);
  const Denoiser denoiser{.mode = whole.at("mode"),
                          .noise_density = whole.at("noise_density"),
                          .mean_noise_span_length = whole.at("mean_noise_span_length"),
                          .weight = whole.at("weight")};
  if (denoiser.mean_noise_span_length == 0 || denoiser.mean_noise_span_length >= 1) return denoiser;
  throw_<ConfigError>(
      "ul2: mean_noise_span_length must be at least 1, or left out for one span at the end, "
      "found {}",
      denoiser.mean_noise_span_length);
}

Ul2Settings read_ul2(const nlohmann::json& parameters) {
  Ul2Settings settings;
  for (const nlohmann::json& given : parameters.at("denoisers")) {
    settings.denoisers.push_back(read_denoiser(given));
  }
  settings.mode_tokens = parameters.at("mode_tokens").get<bool>();
  for (const auto& [mode, text] : parameters.at("mode_texts").items()) {
    if (!text.is_string() || text.get<std::string>().empty()) {
      throw_<ConfigError>("ul2: mode_texts must hold texts, found {} for {}", text.dump(), mode);
    }
    settings.modes.push_back(mode);
    settings.texts.push_back(text);
  }
  return settings;
}

size_t index_of_mode(const Ul2Settings& settings, const std::string& mode) {
  const auto found = std::find(settings.modes.begin(), settings.modes.end(), mode);
  if (found == settings.modes.end()) {
    throw_<ConfigError>("ul2: mode_texts has no text for mode \"{}\": {}", mode,
                        did_you_mean(mode, settings.modes));
  }
  return found - settings.modes.begin();
}

void check_ul2(const nlohmann::json& parameters) {
  const Ul2Settings settings = read_ul2(parameters);
  if (settings.denoisers.empty()) {
    throw_<ConfigError>("ul2: denoisers must be a list of at least one, found []");
  }
  if (!settings.mode_tokens) return;
  for (const Denoiser& denoiser : settings.denoisers) index_of_mode(settings, denoiser.mode);
}

std::vector<std::string> mode_texts(const nlohmann::json& parameters) {
  const Ul2Settings settings = read_ul2(parameters);
  return settings.mode_tokens ? settings.texts : std::vector<std::string>{};
}

const Denoiser& draw_denoiser(const std::vector<Denoiser>& denoisers, Rng& rng) {
  double total = 0;
  for (const Denoiser& denoiser : denoisers) total += denoiser.weight;
  double left = rng.uniform() * total;
  size_t chosen = 0;
  while (chosen + 1 < denoisers.size() && left >= denoisers[chosen].weight) {
    left -= denoisers[chosen++].weight;
  }
  return denoisers[chosen];
}

NoiseMask mask_of(int64_t length, const Denoiser& denoiser, Rng& rng) {
  if (denoiser.mean_noise_span_length > 0) {
    return random_spans_noise_mask(length, denoiser.noise_density, denoiser.mean_noise_span_length,
                                   rng);
  }
  const double shortest = std::max(0.0, 1 - 2 * denoiser.noise_density);
  NoiseMask mask(length);
  std::fill(mask.begin() + random_prefix(length, shortest, 1, rng), mask.end(), 1);
  return mask;
}

Denoised denoise_in_a_mode(std::span<const int32_t> tokens, const Symbols& symbols,
                           const nlohmann::json& parameters, Rng& rng) {
  const Ul2Settings settings = read_ul2(parameters);
  const Denoiser& denoiser = draw_denoiser(settings.denoisers, rng);
  const NoiseMask mask = mask_of(static_cast<int64_t>(tokens.size()), denoiser, rng);
  const NoisyText noisy{tokens, mask, symbols.sentinels, parameters, rng};
  Denoised denoised{noise_span_to_unique_sentinel(noisy), noise_spans_after_sentinels(noisy)};
  if (settings.mode_tokens) {
    const size_t mode = index_of_mode(settings, denoiser.mode);
    DOVETAIL_CHECK_LT(mode, symbols.texts.size());
    const TokenIds& text = symbols.texts[mode];
    denoised.inputs.insert(denoised.inputs.begin(), text.begin(), text.end());
  }
  return denoised;
}

// A text is cut before its denoiser is drawn, so the denoiser with the shortest chunks decides.
int64_t shortest_span_chunk(int64_t length, const nlohmann::json& parameters) {
  int64_t shortest = std::numeric_limits<int64_t>::max();
  for (const Denoiser& denoiser : read_ul2(parameters).denoisers) {
    const double mean = denoiser.mean_noise_span_length;
    // one span at the end: all but one token may be kept, and a sentinel and </s> follow
    const int64_t own =
        mean > 0 ? span_chunk_length(length, denoiser.noise_density, mean) : length - 1;
    shortest = std::min(shortest, own);
  }
  return shortest;
}

}  // namespace

Objective ul2() {
  return {.name = "ul2",
          .paper = "Tay et al. 2022, table 1",
          .parameters = {{"denoisers",
                          {spans("R", 0.15, 3), spans("R", 0.15, 8), span_at_end(0.25),
                           spans("X", 0.5, 3), spans("X", 0.5, 8), spans("X", 0.15, 64),
                           spans("X", 0.5, 64)},
                          "tables of mode, noise_density, mean_noise_span_length and weight"},
                         {"mode_tokens", true, "whether inputs begin with the text of the mode"},
                         {"mode_texts",
                          {{"R", "[NLU]"}, {"S", "[S2S]"}, {"X", "[NLG]"}},
                          "the text of each mode"}},
          .example = {{"denoisers", {spans("R", 0.34, 2), spans("X", 0.67, 2), span_at_end(0.4)}}},
          .denoise_fn = denoise_in_a_mode,
          .chunk_length_fn = shortest_span_chunk,
          .texts = mode_texts,
          .check = check_ul2};
}

}  // namespace dovetail
