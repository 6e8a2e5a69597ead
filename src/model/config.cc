// SPDX-License-Identifier: Apache-2.0
#include "model/config.h"

#include <array>

#include "base/error.h"

namespace dovetail {

namespace {

constexpr std::array<const char*, 3> kFeedForwards = {"relu", "gated-gelu", "gated-silu"};

int64_t positive(const nlohmann::json& json, const char* key) {
  if (!json.contains(key) || !json[key].is_number_integer()) {
    throw_<ConfigError>("config.json: expected a whole number for \"{}\", found {}", key,
                        json.contains(key) ? json[key].dump() : "nothing");
  }
  const int64_t value = json[key];
  if (value < 1 || value > (int64_t{1} << 30)) {
    throw_<ConfigError>("config.json: \"{}\" must be between 1 and 2^30, found {}", key, value);
  }
  return value;
}

int64_t positive_or(const nlohmann::json& json, const char* key, int64_t fallback) {
  return json.contains(key) && !json[key].is_null() ? positive(json, key) : fallback;
}

void read_feed_forward(const nlohmann::json& json, T5Config& config) {
  config.feed_forward_proj = json.value("feed_forward_proj", "relu");
  for (const char* known : kFeedForwards) {
    if (config.feed_forward_proj == known) return;
  }
  throw_<ConfigError>("config.json: feed_forward_proj is \"{}\"; known: relu, gated-gelu, gated-silu",
                      config.feed_forward_proj);
}

}  // namespace

T5Config t5_config_from(const nlohmann::json& json) {
  const std::string type = json.value("model_type", "t5");
  if (type != "t5" && type != "mt5") {
    throw_<ConfigError>("config.json: expected model_type \"t5\" or \"mt5\", found \"{}\"", type);
  }
  T5Config config;
  config.vocab_size = positive_or(json, "vocab_size", config.vocab_size);
  config.d_model = positive(json, "d_model");
  config.d_kv = positive(json, "d_kv");
  config.d_ff = positive(json, "d_ff");
  config.num_layers = positive(json, "num_layers");
  config.num_decoder_layers = positive_or(json, "num_decoder_layers", config.num_layers);
  config.num_heads = positive(json, "num_heads");
  config.relative_attention_num_buckets = positive_or(json, "relative_attention_num_buckets", 32);
  config.relative_attention_max_distance = positive_or(json, "relative_attention_max_distance", 128);
  config.dropout_rate = json.value("dropout_rate", 0.1);
  config.layer_norm_epsilon = json.value("layer_norm_epsilon", 1e-6);
  config.tie_word_embeddings = json.value("tie_word_embeddings", true);
  config.scale_decoder_outputs = json.value("scale_decoder_outputs", config.tie_word_embeddings);
  read_feed_forward(json, config);
  return config;
}

nlohmann::json config_json(const T5Config& config) {
  return {
      {"architectures", {"T5ForConditionalGeneration"}},
      {"model_type", "t5"},
      {"is_encoder_decoder", true},
      {"use_cache", true},
      {"vocab_size", config.vocab_size},
      {"d_model", config.d_model},
      {"d_kv", config.d_kv},
      {"d_ff", config.d_ff},
      {"num_layers", config.num_layers},
      {"num_decoder_layers", config.num_decoder_layers},
      {"num_heads", config.num_heads},
      {"relative_attention_num_buckets", config.relative_attention_num_buckets},
      {"relative_attention_max_distance", config.relative_attention_max_distance},
      {"dropout_rate", config.dropout_rate},
      {"layer_norm_epsilon", config.layer_norm_epsilon},
      {"feed_forward_proj", config.feed_forward_proj},
      {"tie_word_embeddings", config.tie_word_embeddings},
      {"scale_decoder_outputs", config.scale_decoder_outputs},
      {"pad_token_id", 0},
      {"eos_token_id", 1},
      {"decoder_start_token_id", 0},
      {"initializer_factor", 1.0},
      {"torch_dtype", "float32"},
  };
}

}  // namespace dovetail
