// SPDX-License-Identifier: Apache-2.0
// budget: one table of keys, which is easier to check in one piece.
#include "model/generation_config_file.h"

namespace dovetail {

namespace {

constexpr std::string_view kUnsupportedSearch = "this search is not supported";
constexpr std::string_view kUnsupportedProcessor = "this change of the scores is not supported";
constexpr std::string_view kHowComputed = "how a result is computed";
constexpr std::string_view kWhatReturned = "what transformers returns";
constexpr std::string_view kNotRead = "transformers 5.23 does not read it there";
constexpr std::string_view kOfDraft = "of assisted generation, which changes speed";

// Neutral values of used keys are those that a sweep need not mention when it sets them aside.
ForeignKey used(std::string_view name, std::string_view doc, std::string_view neutral = "[]") {
  return {name, KeyUse::kUsed, doc, neutral};
}
ForeignKey harmless(std::string_view name, std::string_view doc) {
  return {name, KeyUse::kHarmless, doc};
}
ForeignKey refused(std::string_view name, std::string_view doc, std::string_view neutral) {
  return {name, KeyUse::kRefused, doc, neutral};
}

std::vector<ForeignKey> search_keys() {
  return {
      used("max_new_tokens", "most new tokens"),
      used("max_length", "most ids, the start included; max_new_tokens overrides it", "[20]"),
      used("min_new_tokens", "fewest new tokens before an end", "[0]"),
      used("min_length", "fewest ids, the start included; min_new_tokens overrides it", "[0, 1]"),
      used("num_beams", "beams; 1: greedy or sampling", "[1]"),
      used("early_stopping", "when beam search stops", "[false]"),
      used("length_penalty", "beams: scores are divided by length to this power", "[1]"),
      used("num_return_sequences", "answers to each source", "[1]"),
      used("do_sample", "draws tokens", "[false]"),
      used("temperature", "sampling: divides the logits", "[1]"),
      used("top_k", "sampling: the likeliest tokens", "[50]"),
      used("top_p", "sampling: the likeliest tokens of this probability", "[1]"),
      used("top_h", "sampling: the likeliest tokens of this share of the entropy"),
      used("min_p", "sampling: tokens of this share of the likeliest one's probability", "[0]"),
      used("typical_p", "sampling: the most typical tokens of this probability", "[1]"),
      used("epsilon_cutoff", "sampling: tokens of this probability", "[0]"),
      used("eta_cutoff", "sampling: tokens of a probability that falls with the entropy", "[0]"),
      refused("num_beam_groups", kUnsupportedSearch, "[0, 1]"),
      refused("penalty_alpha", kUnsupportedSearch, "[0]"),
      refused("constraints", kUnsupportedSearch, "[[]]"),
      refused("force_words_ids", kUnsupportedSearch, "[[]]"),
      refused("dola_layers", kUnsupportedSearch, "[]"),
      refused("use_mtp", kUnsupportedSearch, "[false]"),
      refused("assistant_ensemble_weight", kUnsupportedSearch, "[]"),
      refused("max_time", "answers would depend on the machine", "[]"),
      refused("stop_strings", "answers end at ids only", "[[]]"),
  };
}

std::vector<ForeignKey> processor_keys() {
  return {
      used("repetition_penalty", "of tokens already written, the start included", "[1]"),
      used("no_repeat_ngram_size", "no n-gram of this size occurs twice", "[0]"),
      used("bad_words_ids", "sequences that are not written"),
      used("sequence_bias", "added to the scores of what completes a sequence"),
      used("forced_bos_token_id", "the first new token"),
      used("forced_eos_token_id", "the last token, where the longest length is reached"),
      used("suppress_tokens", "ids that are not written"),
      used("begin_suppress_tokens", "ids that are not written first"),
      used("exponential_decay_length_penalty", "raises the scores of the ends"),
      used("renormalize_logits", "beams: normalizes scores after they were changed", "[false]"),
      refused("encoder_repetition_penalty", kUnsupportedProcessor, "[1.0]"),
      refused("encoder_no_repeat_ngram_size", kUnsupportedProcessor, "[0]"),
      refused("guidance_scale", kUnsupportedProcessor, "[1.0]"),
      refused("watermarking_config", kUnsupportedProcessor, "[{}]"),
      refused("remove_invalid_values", kUnsupportedProcessor, "[false]"),
      refused("token_healing", "the tokens of a source stay as they are", "[false]"),
      harmless("diversity_penalty", "of num_beam_groups"),
  };
}

std::vector<ForeignKey> id_keys() {
  return {
      used("decoder_start_token_id", "the decoder's first input; else bos_token_id"),
      used("bos_token_id", "the start where decoder_start_token_id is missing"),
      used("eos_token_id", "the end of an answer, one id or several"),
      harmless("pad_token_id", "padding of ended sequences, which no answer holds"),
      used("force_bos_token_to_be_generated",
           "true in config.json: forced_bos_token_id is bos_token_id"),
  };
}

std::vector<ForeignKey> other_keys() {
  return {
      harmless("_from_model_config", "whence transformers made the file"),
      harmless("_commit_hash", "where the model came from"),
      harmless("transformers_version", "who wrote the file"),
      harmless("use_cache", kHowComputed),
      refused("cache_implementation", "a quantized cache is not supported",
              R"(["dynamic", "dynamic_full", "static", "offloaded", "offloaded_static", "hybrid",
                  "sliding_window", "offloaded_hybrid", "hybrid_chunked",
                  "offloaded_hybrid_chunked", "mamba"])"),
      harmless("cache_config", kHowComputed),
      harmless("max_cache_len", kHowComputed),
      harmless("return_legacy_cache", kWhatReturned),
      harmless("low_memory", kHowComputed),
      harmless("prefill_chunk_size", kHowComputed),
      harmless("compile_config", kHowComputed),
      harmless("disable_compile", kHowComputed),
      harmless("continuous_batching_config", kHowComputed),
      harmless("output_attentions", kWhatReturned),
      harmless("output_hidden_states", kWhatReturned),
      harmless("output_scores", kWhatReturned),
      harmless("output_logits", kWhatReturned),
      harmless("return_dict_in_generate", kWhatReturned),
      harmless("is_assistant", kOfDraft),
      harmless("num_assistant_tokens", kOfDraft),
      harmless("num_assistant_tokens_schedule", kOfDraft),
      harmless("assistant_confidence_threshold", kOfDraft),
      harmless("prompt_lookup_num_tokens", kOfDraft),
      harmless("max_matching_ngram_size", kOfDraft),
      harmless("assistant_early_exit", kOfDraft),
      harmless("assistant_lookbehind", kOfDraft),
      harmless("target_lookbehind", kOfDraft),
      harmless("speculation_type", kOfDraft),
      harmless("_mask_length", "a mark of transformers' own"),
      harmless("alignment_heads", kNotRead),
      harmless("forced_decoder_ids", kNotRead),
      harmless("stop_token_ids", kNotRead),
      harmless("generation_kwargs", kNotRead),
      harmless("custom_generate", kNotRead),
      harmless("trust_remote_code", kNotRead),
      harmless("use_model_defaults", kNotRead),
      harmless("is_encoder_decoder", kNotRead),
      harmless("task_specific_params", kNotRead),
      harmless("prefix", kNotRead),
  };
}

}  // namespace

const ForeignFile& generation_config_file() {
  static const ForeignFile file = [] {
    ForeignFile made{"generation_config.json", {}};
    for (auto keys : {search_keys(), processor_keys(), id_keys(), other_keys()}) {
      made.keys.insert(made.keys.end(), keys.begin(), keys.end());
    }
    return made;
  }();
  return file;
}

}  // namespace dovetail
