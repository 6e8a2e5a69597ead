// SPDX-License-Identifier: Apache-2.0
// budget: one table of keys, which is easier to check in one piece.
#include "model/causal_config_file.h"

#include "model/config_file.h"

namespace dovetail {

namespace {

constexpr KeyUse kReadHere = KeyUse::kUsed, kNoEffect = KeyUse::kHarmless,
                 kRefusedHere = KeyUse::kRefused;
constexpr std::string_view kOwnDropout = "a sweep's dropout is its own";
constexpr std::string_view kOfOthers = "of other architectures";
constexpr std::string_view kOfSummary = "of GPT-2's classification head";

std::vector<ForeignKey> keys_of_both() {
  return {
      {"model_type", kReadHere, "llama or gpt2"},
      {"vocab_size", kReadHere, "rows of the embedding"},
      {"tie_word_embeddings", kReadHere, "whether the head is the embedding"},
      {"bos_token_id", kReadHere, "the first input where a row has no source"},
      {"eos_token_id", kReadHere, "the end of an answer, one id or several"},
      {"pad_token_id", kReadHere, "padding of batches; else 0"},
      {"initializer_range", kReadHere, "scale of random weights, for a config without weights"},
      {"is_encoder_decoder", kRefusedHere, "these networks are decoders", "[false]"},
      {"add_cross_attention", kRefusedHere, "a decoder without an encoder has none", "[false]"},
      {"model_max_length", kNoEffect, "of the tokenizer"},
      {"pruned_heads", kRefusedHere, "heads cannot be left out", "[{}]"},
      {"per_layer_config", kRefusedHere, "all blocks are alike", "[{}]"},
      {"quantization_config", kRefusedHere, "quantized weights are not read", "[{}]"},
      {"adapters", kRefusedHere, "adapters of another library are not read", "[{}]"},
  };
}

ForeignFile of_both_and(std::string name, const std::vector<ForeignKey>& own) {
  ForeignFile file{std::move(name), keys_of_both()};
  file.keys.insert(file.keys.end(), own.begin(), own.end());
  return with_common_keys(std::move(file));
}

std::vector<ForeignKey> llama_keys() {
  return {
      {"hidden_size", kReadHere, "width of the network"},
      {"intermediate_size", kReadHere, "width of the feed-forward layer"},
      {"num_hidden_layers", kReadHere, "blocks"},
      {"num_attention_heads", kReadHere, "heads of queries"},
      {"num_key_value_heads", kReadHere, "heads of keys and values; else as many as of queries"},
      {"head_dim", kReadHere, "width of a head; else hidden_size by the heads"},
      {"hidden_act", kReadHere, "silu; any other is refused"},
      {"rms_norm_eps", kReadHere, "of the RMS norms"},
      {"rope_theta", kReadHere, "base of the rotary positions"},
      {"rope_parameters", kReadHere, "rope_theta; a rope_type beside \"default\" is refused"},
      {"rope_scaling", kReadHere, "any beside the type \"default\" is refused"},
      {"partial_rotary_factor", kRefusedHere, "all channels of a head are rotated", "[1.0]"},
      {"sliding_window", kRefusedHere, "a token sees all before it", "[]"},
      {"attention_bias", kReadHere, "whether q, k, v and o have biases"},
      {"mlp_bias", kReadHere, "whether the feed-forward's matrices have biases"},
      {"max_position_embeddings", kReadHere, "exported; rotary positions have no end"},
      {"attention_dropout", kNoEffect, kOwnDropout},
      {"pretraining_tp", kNoEffect, "how a result is computed"},
      {"n_positions", kNoEffect, kOfOthers},
  };
}

std::vector<ForeignKey> gpt2_keys() {
  return {
      {"n_embd", kReadHere, "width of the network"},
      {"n_inner", kReadHere, "width of the feed-forward layer; else 4 n_embd"},
      {"n_layer", kReadHere, "blocks"},
      {"n_head", kReadHere, "heads"},
      {"n_positions", kReadHere, "learned positions: the longest source and answer together"},
      {"n_ctx", kNoEffect, "an older name of n_positions, which is there too"},
      {"hidden_size", kReadHere, "another name of n_embd, which it overrides"},
      {"num_hidden_layers", kReadHere, "another name of n_layer, which it overrides"},
      {"num_attention_heads", kReadHere, "another name of n_head, which it overrides"},
      {"max_position_embeddings", kReadHere, "another name of n_positions, which it overrides"},
      {"activation_function", kReadHere, "gelu_new; any other is refused"},
      {"layer_norm_epsilon", kReadHere, "of the layer norms"},
      {"resid_pdrop", kReadHere, "exported; a sweep's dropout is its own"},
      {"embd_pdrop", kNoEffect, kOwnDropout},
      {"attn_pdrop", kNoEffect, kOwnDropout},
      {"scale_attn_weights", kRefusedHere, "scores are divided by the root of a head's width",
       "[true]"},
      {"scale_attn_by_inverse_layer_idx", kRefusedHere, "scores do not depend on the block",
       "[false]"},
      {"reorder_and_upcast_attn", kNoEffect, "how a result is computed"},
      {"rope_theta", kNoEffect, kOfOthers},
      {"rope_scaling", kNoEffect, kOfOthers},
      {"summary_type", kNoEffect, kOfSummary},
      {"summary_use_proj", kNoEffect, kOfSummary},
      {"summary_activation", kNoEffect, kOfSummary},
      {"summary_proj_to_labels", kNoEffect, kOfSummary},
      {"summary_first_dropout", kNoEffect, kOfSummary},
  };
}

}  // namespace

const ForeignFile& llama_config_file() {
  static const ForeignFile file = of_both_and("config.json of llama", llama_keys());
  return file;
}

const ForeignFile& gpt2_config_file() {
  static const ForeignFile file = of_both_and("config.json of gpt2", gpt2_keys());
  return file;
}

}  // namespace dovetail
