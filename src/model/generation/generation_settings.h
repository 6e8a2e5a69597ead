// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace dovetail {

// T5's decoder starts from the padding token.
inline constexpr int32_t kDecoderStartToken = 0, kEosToken = 1;

enum class EarlyStopping {
  kFalse,  // stop when the best running beam, at its present length, cannot beat the worst kept one
  kTrue,   // stop at num_beams finished sequences
  kNever   // as kFalse, but at the most favourable length that a running beam can still reach
};

// How to decode; names and defaults are those of transformers' GenerationConfig.
struct GenerationSettings {
  int64_t num_beams = 1;        // 1: greedy, or one draw a token
  int64_t max_new_tokens = 20;  // counts </s>
  int64_t min_new_tokens = 0;   // fewest new tokens before </s>
  double length_penalty = 1.0;  // beams: score = sum of log-probabilities / length^length_penalty
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

  // Not in GenerationConfig. Draws depend on the seed and the source's number alone, so that
  // batching changes no draw. One number a source; empty: 0, 1, 2, ...
  std::vector<int64_t> source_numbers;
  bool output_scores = true;  // false saves a pass over the logits in greedy decoding
};

// The seed of one source of a batch.
uint64_t seed_of_source(const GenerationSettings& settings, int64_t source);

// Throws ConfigError for invalid settings.
void check_generation_settings(const GenerationSettings& settings, int64_t vocab_size);

// A generated sequence: its ids without </s>, and its score. The score of beam search is
// transformers' sequences_scores. Otherwise it is the sum over the tokens, </s> included, of
// log-probabilities after the logits processors (transformers' compute_transition_scores with
// normalize_logits, summed); for greedy decoding without constraints, the sequence's
// log-probability.
struct Hypothesis {
  std::vector<int32_t> ids;
  double score = 0;
};

}  // namespace dovetail
