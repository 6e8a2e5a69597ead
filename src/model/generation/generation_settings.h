// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace dovetail {

// T5's: the decoder starts from the padding token.
inline constexpr int32_t kDecoderStartToken = 0, kEosToken = 1;

enum class EarlyStopping {
  kFalse,  // stop where the best running beam, at its present length, cannot beat the worst kept
           // one
  kTrue,   // stop at num_beams finished sequences
  kNever   // as kFalse, but at the most favourable length that a running beam may still reach
};

// How to decode; names and defaults are those of transformers' GenerationConfig.
struct GenerationSettings {
  int64_t num_beams = 1;        // 1: greedy, or one draw a token
  int64_t max_new_tokens = 20;  // counts </s>
  int64_t min_new_tokens = 0;   // </s> may not come before so many tokens
  double length_penalty = 1.0;  // beams: score = sum of log-probabilities / length^it
  EarlyStopping early_stopping = EarlyStopping::kFalse;
  int64_t no_repeat_ngram_size = 0;            // 0: off
  double repetition_penalty = 1.0;             // of tokens the decoder has seen, its start included
  std::optional<int64_t> forced_bos_token_id;  // the first new token
  std::optional<int64_t> forced_eos_token_id;  // the last one, where max_new_tokens is reached
  bool do_sample = false;
  double temperature = 1.0;
  int64_t top_k = 50;  // 0: off; sampling only, as temperature and top_p
  double top_p = 1.0;
  int64_t num_return_sequences = 1;
  uint64_t seed = 0;  // sampling

  // Not in GenerationConfig. Draws hang on the seed and on a source's number, so that how sources
  // are batched changes no draw. One number a source; none: 0, 1, 2, ...
  std::vector<int64_t> source_numbers;
  bool output_scores = true;  // false saves a pass over the logits when greedy
};

// The seed of one source of a batch.
uint64_t seed_of_source(const GenerationSettings& settings, int64_t source);

// Throws ConfigError for what no search can do.
void check_generation_settings(const GenerationSettings& settings, int64_t vocab_size);

// A generated sequence: ids up to and without </s>, and its score. Beam search: transformers'
// sequences_scores. Else: the sum over the tokens, </s> among them, of log-probabilities after the
// settings have acted (transformers' compute_transition_scores with normalize_logits, summed);
// greedy without constraints that is the log-probability of the sequence.
struct Hypothesis {
  std::vector<int32_t> ids;
  double score = 0;
};

}  // namespace dovetail
