// SPDX-License-Identifier: Apache-2.0
#include "jobs/decoding.h"

#include <algorithm>

#include "base/catalogue.h"

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

void check_settings(const Json& parameters) {
  constexpr int64_t kAnyVocabulary = 1 << 30;
  check_generation_settings(read_settings(parameters), kAnyVocabulary);
}

Parameter num_beams(int64_t beams) {
  return {"num_beams", beams, "beams that are searched", at_least(1)};
}

Parameter top_k(int64_t k) {
  return {"top_k", k, "likeliest tokens that are drawn from; 0: all", at_least(0)};
}

Parameter top_p(double p) {
  return {"top_p", p, "probability of the tokens that are drawn from", above_up_to(0, 1)};
}

Parameter temperature() {
  return {"temperature", 1.0, "divides the logits before the softmax", above(0)};
}

Parameter sampling_seed(int64_t seed) { return {"seed", seed, "seed of the draws"}; }

Parameter num_samples(int64_t samples) {
  return {"samples", samples, "answers for each test example", between(1, 100)};
}

Parameter repetition_penalty(double penalty) {
  return {"repetition_penalty", penalty, "divides the odds of tokens already written; 1: none",
          above(0)};
}

Parameter min_new_tokens(int64_t tokens) {
  return {"min_new_tokens", tokens, "tokens before </s> is allowed", at_least(0)};
}

Parameter no_repeat_ngram_size() {
  return {"no_repeat_ngram_size", 0, "length of n-grams that may not repeat; 0: any may",
          at_least(0)};
}

Parameters with_constraints(Parameters own) {
  own.insert(own.end(), {repetition_penalty(1.0), no_repeat_ngram_size(), min_new_tokens(0)});
  return own;
}

Parameters sampling_parameters() {
  return with_constraints(
      {top_k(50), top_p(1.0), temperature(), num_beams(1), sampling_seed(1), num_samples(1)});
}

Parameters published_parameters() {
  return {num_beams(5),
          top_k(10),
          top_p(0.9),
          temperature(),
          repetition_penalty(5.5),
          no_repeat_ngram_size(),
          min_new_tokens(1),
          {"max_new_tokens", 40, "in place of the sweep's", at_least(1)},
          sampling_seed(123),
          num_samples(3)};
}

}  // namespace

const std::vector<DecodingEntry>& decodings() {
  static const std::vector<DecodingEntry> all = {
      {"greedy", "the likeliest token at each step", with_constraints({}), check_settings},
      {"beam", "beam search",
       with_constraints(
           {num_beams(4), {"length_penalty", 1.0, "scores are divided by length to this power"}}),
       check_settings},
      {"sample", "drawn token by token", sampling_parameters(), check_settings},
      {"as_published",
       "MTO's harness (Pouramini and Faili 2024): five beams that sample, best of three with "
       "best_of_k",
       published_parameters(), check_settings},
  };
  return all;
}

Decoding make_decoding(const ChoiceSettings& choice, int64_t max_new_tokens) {
  const DecodingEntry& entry = find_in_catalogue("decoding", decodings(), choice.name);
  const Json parameters = resolve_parameters(entry, choice.parameters);
  Decoding decoding{choice.name, read_settings(parameters),
                    parameters.value("samples", int64_t{1})};
  decoding.settings.max_new_tokens = parameters.value("max_new_tokens", max_new_tokens);
  decoding.settings.min_new_tokens =
      std::min(decoding.settings.min_new_tokens, decoding.settings.max_new_tokens);
  return decoding;
}

}  // namespace dovetail
