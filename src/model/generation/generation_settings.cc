// SPDX-License-Identifier: Apache-2.0
#include "model/generation/generation_settings.h"

#include <string>

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

namespace {

void check_at_least(const char* name, int64_t value, int64_t least) {
  if (value < least) throw_<ConfigError>("{} must be at least {}, found {}", name, least, value);
}

void check_forced(const char* name, const std::optional<int64_t>& id, int64_t vocab_size) {
  if (id && (*id < 0 || *id >= vocab_size)) {
    throw_<ConfigError>("{} must be an id of the model, 0 to {}, found {}", name, vocab_size - 1,
                        *id);
  }
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
  check_at_least("top_k", settings.top_k, 0);
  if (settings.min_new_tokens > settings.max_new_tokens) {
    throw_<ConfigError>("min_new_tokens is {}, above max_new_tokens, {}", settings.min_new_tokens,
                        settings.max_new_tokens);
  }
  if (!(settings.repetition_penalty > 0)) {
    throw_<ConfigError>("repetition_penalty must be above 0 (1 is none), found {}",
                        settings.repetition_penalty);
  }
  if (!(settings.temperature > 0)) {
    throw_<ConfigError>(
        "temperature must be above 0, found {}; for greedy decoding leave out "
        "do_sample",
        settings.temperature);
  }
  if (!(settings.top_p > 0 && settings.top_p <= 1)) {
    throw_<ConfigError>("top_p must be above 0 and at most 1, found {}", settings.top_p);
  }
  check_forced("forced_bos_token_id", settings.forced_bos_token_id, vocab_size);
  check_forced("forced_eos_token_id", settings.forced_eos_token_id, vocab_size);
  check_num_return_sequences(settings);
}

}  // namespace dovetail
