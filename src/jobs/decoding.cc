// SPDX-License-Identifier: Apache-2.0
#include "jobs/decoding.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

GenerationSettings read_settings(const Json& given) {
  GenerationSettings settings;
  settings.num_beams = given.value("num_beams", int64_t{1});
  settings.length_penalty = given.value("length_penalty", 1.0);
  settings.no_repeat_ngram_size = given.value("no_repeat_ngram_size", int64_t{0});
  settings.repetition_penalty = given.value("repetition_penalty", 1.0);
  settings.min_new_tokens = given.value("min_new_tokens", int64_t{0});
  settings.do_sample = given.contains("top_k");
  settings.top_k = given.value("top_k", int64_t{0});
  settings.top_p = given.value("top_p", 1.0);
  settings.temperature = given.value("temperature", 1.0);
  settings.seed = given.value("seed", uint64_t{0});
  settings.output_scores = false;
  return settings;
}

void check(const Json& given) {
  constexpr int64_t kAnyVocabulary = 1 << 30, kMostSamples = 100;
  check_generation_settings(read_settings(given), kAnyVocabulary);
  const int64_t samples = given.value("samples", int64_t{1});
  if (samples < 1 || samples > kMostSamples) {
    throw_<ConfigError>("samples must be between 1 and {}, found {}", kMostSamples, samples);
  }
}

const Json kConstraints = {
    {"repetition_penalty", 1.0}, {"no_repeat_ngram_size", 0}, {"min_new_tokens", 0}};

Json with_constraints(Json own) {
  own.update(kConstraints);
  return own;
}

}  // namespace

const std::vector<DecodingEntry>& decodings() {
  static const std::vector<DecodingEntry> all = {
      {"greedy", "the likeliest token, one after the other", with_constraints(Json::object()),
       check},
      {"beam", "beam search", with_constraints({{"num_beams", 4}, {"length_penalty", 1.0}}), check},
      {"sample", "drawn token by token",
       with_constraints({{"top_k", 50},
                         {"top_p", 1.0},
                         {"temperature", 1.0},
                         {"num_beams", 1},
                         {"seed", 1},
                         {"samples", 1}}),
       check},
      {"as_published",
       "MTO's harness (Pouramini and Faili 2024): five beams that sample, best of three with "
       "best_of_k",
       {{"num_beams", 5},
        {"top_k", 10},
        {"top_p", 0.9},
        {"temperature", 1.0},
        {"repetition_penalty", 5.5},
        {"no_repeat_ngram_size", 0},
        {"min_new_tokens", 1},
        {"max_new_tokens", 40},
        {"seed", 123},
        {"samples", 3}},
       check},
  };
  return all;
}

Decoding make_decoding(const ChoiceSettings& choice, int64_t max_new_tokens) {
  const auto entry = std::ranges::find(decodings(), choice.name, &DecodingEntry::name);
  if (entry == decodings().end()) {
    std::vector<std::string> known;
    for (const DecodingEntry& each : decodings()) known.push_back(each.name);
    throw_<ConfigError>("unknown decoding \"{}\": {}", choice.name,
                        did_you_mean(choice.name, known));
  }
  Json parameters = entry->defaults;
  parameters.update(choice.parameters);
  Decoding decoding{choice.name, read_settings(parameters),
                    parameters.value("samples", int64_t{1})};
  decoding.settings.max_new_tokens = parameters.value("max_new_tokens", max_new_tokens);
  decoding.settings.min_new_tokens =
      std::min(decoding.settings.min_new_tokens, decoding.settings.max_new_tokens);
  return decoding;
}

}  // namespace dovetail
