// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace dovetail {

// The fields of a published T5 config.json, under their names there.
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
  std::string feed_forward_proj = "relu";  // relu, gated-gelu, gated-silu
  bool tie_word_embeddings = true;
  // Whether logits are multiplied by d_model^-0.5. The default is that of transformers 5: true for
  // a t5 whose config.json calls its head tied, never for mt5, always for umt5.
  bool scale_decoder_outputs = true;
  std::string model_type = "t5";     // t5, mt5, umt5
  bool bias_in_every_block = false;  // umt5: each self-attention has its own position bias
  int64_t pad_token_id = 0;
  int64_t eos_token_id = 1;
  int64_t decoder_start_token_id = 0;

  bool gated() const { return feed_forward_proj.starts_with("gated-"); }
  int64_t inner_dim() const { return num_heads * d_kv; }
};

// Reads the keys above, with the published defaults for the optional ones. dense_act_fn and
// is_gated_act override feed_forward_proj; other keys are ignored (config.json holds many). Throws
// ConfigError for a missing key, a value out of range, or an architecture that is not T5's.
T5Config t5_config_from(const nlohmann::json& json);
nlohmann::json config_json(const T5Config& config);

}  // namespace dovetail
