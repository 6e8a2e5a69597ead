// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace dovetail {

enum class EarlyStopping {
  kFalse,  // stop when the best running beam, at its present length, cannot beat the worst kept one
  kTrue,   // stop at num_beams finished sequences
  kNever   // as kFalse, but at the most favourable length that a running beam can still reach
};

// Adds a bias to the score of what would complete these ids; minus infinity forbids it.
struct SequenceBias {
  std::vector<int32_t> ids;  // at least one
  float bias = 0;
};

// Raises the scores of the ends, more and more after `start` new tokens.
struct ExponentialDecay {
  int64_t start = 0;
  double factor = 1;
};

// How to decode; names and defaults are those of transformers' GenerationConfig.
struct GenerationSettings {
  int64_t num_beams = 1;        // 1: greedy, or one draw a token
  int64_t max_new_tokens = 20;  // counts the end
  int64_t min_new_tokens = 0;   // fewest new tokens before an end
  double length_penalty = 1.0;  // beams: score = sum of log-probabilities / length^length_penalty
  EarlyStopping early_stopping = EarlyStopping::kFalse;
  int64_t no_repeat_ngram_size = 0;            // 0: off
  double repetition_penalty = 1.0;             // of tokens the decoder has seen, its start included
  std::optional<int64_t> forced_bos_token_id;  // the first new token
  std::vector<int32_t> forced_eos_token_id;    // the last one, where max_new_tokens is reached
  bool do_sample = false;
  double temperature = 1.0;
  int64_t top_k = 50;  // 0: off; sampling only, as temperature and top_p
  double top_p = 1.0;
  double min_p = 0.0;  // 0: off, as for the next two
  double epsilon_cutoff = 0.0;
  double eta_cutoff = 0.0;
  double typical_p = 1.0;  // 1: off
  std::optional<double> top_h;
  int64_t num_return_sequences = 1;
  uint64_t seed = 0;  // sampling

  // T5's ids; those of a model are set by apply_model_ids().
  int32_t decoder_start_token_id = 0;       // T5 starts from the padding token
  std::vector<int32_t> eos_token_id = {1};  // any of them ends an answer; none: nothing does
  std::vector<int32_t> suppress_tokens, begin_suppress_tokens;  // never; never as the first token
  std::vector<std::vector<int32_t>> bad_words_ids;              // sequences that are never written
  std::vector<SequenceBias> sequence_bias;
  std::optional<ExponentialDecay> exponential_decay_length_penalty;
  bool renormalize_logits = false;  // beams: after the scores were changed

  // Not in GenerationConfig. Draws depend on the seed and the source's number alone, so that
  // batching changes no draw. One number a source; empty: 0, 1, 2, ...
  std::vector<int64_t> source_numbers;
  bool output_scores = true;  // false saves a pass over the logits in greedy decoding

  bool is_end(int64_t id) const {
    for (const int32_t end : eos_token_id) {
      if (id == end) return true;
    }
    return false;
  }
};

// The seed of one source of a batch.
uint64_t seed_of_source(const GenerationSettings& settings, int64_t source);

// Throws ConfigError for invalid settings.
void check_generation_settings(const GenerationSettings& settings, int64_t vocab_size);

// A generated sequence: its ids before its end, and its score. The score of beam search is
// transformers' sequences_scores. Otherwise it is the sum over the tokens, the end included, of
// log-probabilities after the logits processors (transformers' compute_transition_scores with
// normalize_logits, summed); for greedy decoding without constraints, the sequence's
// log-probability.
struct Hypothesis {
  std::vector<int32_t> ids;
  double score = 0;
};

}  // namespace dovetail
