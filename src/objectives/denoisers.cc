// SPDX-License-Identifier: Apache-2.0
#include "objectives/denoisers.h"

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
  bool prefix_lm = false;             // as the objective of that name
  double weight = 0;
};

struct Ul2Settings {
  std::vector<Denoiser> denoisers;
  bool mode_tokens = false;
  std::vector<std::string> modes, texts;  // in one order
};

const Parameters& denoiser_parameters() {
  static const Parameters all = {
      {"mode", "", "the key of its text in mode_texts"},
      noise_density_parameter(),
      {"mean_noise_span_length", 0.0, "in tokens; 0: one span at the end", at_least(0)},
      {"prefix_lm", false, "a split uniform over the text, and no sentinel: prefix_lm"},
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
                          .prefix_lm = whole.at("prefix_lm"),
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
  const double shortest = denoiser.prefix_lm ? 0 : std::max(0.0, 1 - 2 * denoiser.noise_density);
  NoiseMask mask(length);
  std::fill(mask.begin() + random_prefix(length, shortest, 1, rng), mask.end(), 1);
  return mask;
}

Denoised denoise_in_a_mode(std::span<const int32_t> tokens, const Symbols& symbols,
                           const nlohmann::json& parameters, Rng& rng) {
  const Ul2Settings settings = read_ul2(parameters);
  const Denoiser& denoiser = draw_denoiser(settings.denoisers, rng);
  NoiseMask mask = mask_of(static_cast<int64_t>(tokens.size()), denoiser, rng);
  const NoisyText noisy{tokens, mask, symbols.sentinels, parameters, rng};
  Denoised denoised;
  denoised.inputs = (denoiser.prefix_lm ? drop_noise_tokens : noise_span_to_unique_sentinel)(noisy);
  denoised.targets =
      (denoiser.prefix_lm ? drop_nonnoise_tokens : noise_spans_after_sentinels)(noisy);
  denoised.noise = std::move(mask);
  if (settings.mode_tokens) {
    const size_t mode = index_of_mode(settings, denoiser.mode);
    DOVETAIL_CHECK_LT(mode, symbols.texts.size());
    const TokenIds& text = symbols.texts[mode];
    denoised.inputs.insert(denoised.inputs.begin(), text.begin(), text.end());
  }
  return denoised;
}

int64_t chunk_of(const Denoiser& denoiser, int64_t length) {
  const double mean = denoiser.mean_noise_span_length;
  if (mean > 0) return span_chunk_length(length, denoiser.noise_density, mean);
  // one span at the end: all but one token may be kept, and </s> and mostly a sentinel follow
  return denoiser.prefix_lm ? length : length - 1;
}

// A text that is cut before its denoiser is drawn fits the denoiser with the shortest chunks.
int64_t shortest_denoiser_chunk(int64_t length, const nlohmann::json& parameters) {
  int64_t shortest = std::numeric_limits<int64_t>::max();
  for (const Denoiser& denoiser : read_ul2(parameters).denoisers)
    shortest = std::min(shortest, chunk_of(denoiser, length));
  return shortest;
}

// denoise_in_a_mode draws its denoiser first, so this is the same one.
int64_t drawn_denoiser_chunk(int64_t length, const nlohmann::json& parameters, Rng& rng) {
  return chunk_of(draw_denoiser(read_ul2(parameters).denoisers, rng), length);
}

}  // namespace

nlohmann::json span_denoiser(const char* mode, double noise_density,
                             double mean_noise_span_length) {
  return {{"mode", mode},
          {"noise_density", noise_density},
          {"mean_noise_span_length", mean_noise_span_length}};
}

Objective mixture_of_denoisers(const char* name, const char* paper, nlohmann::json denoisers,
                               nlohmann::json texts) {
  return {.name = name,
          .paper = paper,
          .parameters = {{"denoisers", std::move(denoisers),
                          "tables of mode, noise_density, mean_noise_span_length and weight"},
                         {"mode_tokens", true, "whether inputs begin with the text of the mode"},
                         {"mode_texts", std::move(texts), "the text of each mode"}},
          .denoise_fn = denoise_in_a_mode,
          .chunk_length_fn = shortest_denoiser_chunk,
          .texts = mode_texts,
          .check = check_ul2};
}

void draw_chunks_by_denoiser(Objective& objective) {
  objective.drawn_chunk_length_fn = drawn_denoiser_chunk;
}

}  // namespace dovetail
