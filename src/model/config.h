// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dovetail {

// What a decoder-only (causal) network has beside the fields of T5Config: that of Llama (rotary
// positions, RMS norms, gated SiLU) or of GPT-2 (learned positions, layer norms, GELU, biases).
struct CausalShape {
  int64_t num_key_value_heads = 0;      // each serves as many heads of queries as the others (GQA)
  double rope_theta = 0;                // of rotary positions; 0: positions are learned
  int64_t max_position_embeddings = 0;  // learned positions, one row each; rotary: as published
  bool layer_norm = false;              // with mean and bias; else RMS norm
  bool has_pad_token = false;           // by config.json; else batches are padded with 0
  bool attention_bias = false, mlp_bias = false;  // whether the linear layers have biases
  double initializer_range = 0.02;                // standard deviation of random weights
};

// The fields of a published T5 config.json, under their names there. A causal network is a decoder
// without an encoder (num_layers is 0) and without cross-attention: d_kv is its head_dim, d_ff its
// intermediate_size, and decoder_start_token_id its bos_token_id.
struct T5Config {
  int64_t vocab_size = 32128;
  int64_t d_model = 512;
  int64_t d_kv = 64;  // of one head; num_heads * d_kv need not be d_model
  int64_t d_ff = 2048;
  int64_t num_layers = 6;
  int64_t num_decoder_layers = 6;
  int64_t num_heads = 8;
  int64_t relative_attention_num_buckets = 32;
  int64_t relative_attention_max_distance = 128;
  double dropout_rate = 0.1;
  double layer_norm_epsilon = 1e-6;
  double initializer_factor = 1;           // all random weights are T5's by this; causal: 1
  std::string feed_forward_proj = "relu";  // relu, gated-gelu, gated-silu; GPT-2: gelu
  bool tie_word_embeddings = true;
  // Whether logits are multiplied by d_model^-0.5: see set_tied_head().
  bool scale_decoder_outputs = true;
  bool scale_is_given = false;       // by config.json, so that the head does not decide it
  std::string model_type = "t5";     // t5, mt5, umt5, llama, gpt2
  bool bias_in_every_block = false;  // umt5: each self-attention has its own position bias
  int64_t pad_token_id = 0;
  std::vector<int64_t> eos_token_id = {1};  // an answer ends with any of them
  int64_t decoder_start_token_id = 0;       // the decoder's first input in training and scoring
  // The folder's generation_config.json, or the keys of config.json that stand for it; null for a
  // model without a folder. model/generation/generation_config.h reads it.
  nlohmann::json generation_config;
  std::optional<CausalShape> causal;  // of llama and gpt2 alone

  bool is_causal() const { return causal.has_value(); }
  bool gated() const { return feed_forward_proj.starts_with("gated-"); }
  int64_t inner_dim() const { return num_heads * d_kv; }
  int64_t key_value_dim() const {
    return is_causal() ? causal->num_key_value_heads * d_kv : inner_dim();
  }
};

// Reads the keys above, with the published defaults for the optional ones. dense_act_fn and
// is_gated_act override feed_forward_proj; config_file() says what is done with other keys. Throws
// ConfigError for a missing key, a value out of range, or an architecture that is not T5's.
T5Config t5_config_from(const nlohmann::json& json);
// The same for any model_type: causal_config_from() reads those of decoder-only models.
T5Config model_config_from(const nlohmann::json& json);
nlohmann::json config_json(const T5Config& config);

// Says whether the head is tied, which is seen from the weights: transformers 5 writes
// tie_word_embeddings true into every folder. For mt5 and umt5 it decides whether logits are
// scaled, as in the original implementations, unless config.json holds scale_decoder_outputs: they
// multiply the last hidden state by d_model^-0.5 where the embedding is the head, and not elsewhere
// (Mesh TensorFlow: VocabEmbedding.hidden_to_logits, with shared_embedding_and_softmax_weights;
// T5X: logits_via_embedding of examples/t5/network.py). A t5 folder of transformers 5 has the key;
// else its tie_word_embeddings counts. docs/models.md compares this with transformers, where mt5 is
// never scaled and umt5 always.
void set_tied_head(T5Config& config, bool tied);

// A list of ids, or one id, of a JSON file under `key`; empty for null or a missing key. Throws
// ConfigError, with the file's name, for anything else and for ids outside 0 .. vocab_size - 1.
std::vector<int64_t> token_ids(const nlohmann::json& json, const char* file, const char* key,
                               int64_t vocab_size);
// The other way: one id as a number, several as a list.
nlohmann::json one_or_list(const std::vector<int64_t>& ids);

}  // namespace dovetail
