// SPDX-License-Identifier: Apache-2.0
#include "model/generation/generation_settings.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

void check_at_least(const char* name, int64_t value, int64_t least) {
  if (value < least) throw_<ConfigError>("{} must be at least {}, found {}", name, least, value);
}

void check_id(const char* name, int64_t id, int64_t vocab_size) {
  if (id < 0 || id >= vocab_size) {
    throw_<ConfigError>("{} must be an id of the model, 0 to {}, found {}", name, vocab_size - 1,
                        id);
  }
}

void check_ids(const char* name, const std::vector<int32_t>& ids, int64_t vocab_size) {
  for (const int32_t id : ids) check_id(name, id, vocab_size);
}

void check_all_ids(const GenerationSettings& settings, int64_t vocab_size) {
  check_id("decoder_start_token_id", settings.decoder_start_token_id, vocab_size);
  check_ids("eos_token_id", settings.eos_token_id, vocab_size);
  if (settings.forced_bos_token_id)
    check_id("forced_bos_token_id", *settings.forced_bos_token_id, vocab_size);
  check_ids("forced_eos_token_id", settings.forced_eos_token_id, vocab_size);
  for (const auto& word : settings.bad_words_ids) check_ids("bad_words_ids", word, vocab_size);
  for (const auto& bias : settings.sequence_bias) check_ids("sequence_bias", bias.ids, vocab_size);
  const std::vector<int32_t>& never = settings.suppress_tokens;
  const auto suppressed = [&](int64_t id) { return std::ranges::find(never, id) != never.end(); };
  if (settings.forced_bos_token_id && suppressed(*settings.forced_bos_token_id))
    throw_<ConfigError>("forced_bos_token_id is also among suppress_tokens: nothing can be first");
  const std::vector<int32_t>& last = settings.forced_eos_token_id;
  if (!last.empty() && std::ranges::all_of(last, suppressed))
    throw_<ConfigError>("forced_eos_token_id is also among suppress_tokens: nothing can be last");
}

void check_probability(const char* name, double value, bool may_be_zero, bool may_be_one) {
  const bool fits =
      (value > 0 || (may_be_zero && value == 0)) && (value < 1 || (may_be_one && value == 1));
  if (fits) return;
  throw_<ConfigError>("{} must be {} 0 and {} 1, found {}", name,
                      may_be_zero ? "at least" : "above", may_be_one ? "at most" : "below", value);
}

void check_sampling(const GenerationSettings& settings) {
  check_at_least("top_k", settings.top_k, 0);
  if (!(settings.temperature > 0)) {
    throw_<ConfigError>(
        "temperature must be above 0, found {}; for greedy decoding leave out "
        "do_sample",
        settings.temperature);
  }
  check_probability("top_p", settings.top_p, false, true);
  check_probability("min_p", settings.min_p, true, true);
  check_probability("typical_p", settings.typical_p, false, true);
  check_probability("epsilon_cutoff", settings.epsilon_cutoff, true, false);
  check_probability("eta_cutoff", settings.eta_cutoff, true, false);
  if (settings.top_h) check_probability("top_h", *settings.top_h, false, true);
}

void check_num_return_sequences(const GenerationSettings& settings) {
  const int64_t returned = settings.num_return_sequences;
  check_at_least("num_return_sequences", returned, 1);
  if (settings.num_beams > 1 && returned > settings.num_beams) {
    throw_<ConfigError>("num_return_sequences is {}, but {} beams give no more than {} sequences",
                        returned, settings.num_beams, settings.num_beams);
  }
  if (settings.num_beams == 1 && !settings.do_sample && returned > 1) {
    throw_<ConfigError>(
        "num_return_sequences is {}, but greedy decoding has one answer; ask for "
        "num_beams or do_sample",
        returned);
  }
}

}  // namespace

uint64_t seed_of_source(const GenerationSettings& settings, int64_t source) {
  const auto& numbers = settings.source_numbers;
  const int64_t number = numbers.empty() ? source : numbers.at(source);
  return derive_seed(settings.seed, "generate " + std::to_string(number));
}

void check_generation_settings(const GenerationSettings& settings, int64_t vocab_size) {
  check_at_least("num_beams", settings.num_beams, 1);
  check_at_least("max_new_tokens", settings.max_new_tokens, 1);
  check_at_least("min_new_tokens", settings.min_new_tokens, 0);
  check_at_least("no_repeat_ngram_size", settings.no_repeat_ngram_size, 0);
  if (settings.min_new_tokens > settings.max_new_tokens) {
    throw_<ConfigError>("min_new_tokens is {}, above max_new_tokens, {}", settings.min_new_tokens,
                        settings.max_new_tokens);
  }
  if (!(settings.repetition_penalty > 0)) {
    throw_<ConfigError>("repetition_penalty must be above 0 (1 is none), found {}",
                        settings.repetition_penalty);
  }
  check_sampling(settings);
  check_all_ids(settings, vocab_size);
  check_num_return_sequences(settings);
}

}  // namespace dovetail
