// SPDX-License-Identifier: Apache-2.0
#include "plan/model_size.h"

namespace dovetail {

namespace {

ModelSize causal_size(double d, double inner, double block, double layers, int64_t vocabulary) {
  return {.encoder = layers * block,
          .decoder = layers * block,
          .head = static_cast<double>(vocabulary) * d,
          .inner = inner,
          .encoder_layers = layers,
          .decoder_layers = layers,
          .vocabulary = static_cast<double>(vocabulary),
          .causal = true};
}

// The number under a key of config.json; null is none.
double number_or(const Json& config, const char* key, double fallback) {
  return config.contains(key) && config[key].is_number() ? config[key].get<double>() : fallback;
}

ModelSize llama_size(const Json& config, int64_t vocabulary) {
  const double d = config.at("hidden_size"), heads = config.at("num_attention_heads");
  const double head_dim = number_or(config, "head_dim", d / heads);
  const double groups = number_or(config, "num_key_value_heads", heads);
  const double d_ff = config.at("intermediate_size");
  return causal_size(d, heads * head_dim, 2 * d * (heads + groups) * head_dim + 3 * d * d_ff,
                     config.at("num_hidden_layers"), vocabulary);
}

ModelSize gpt2_size(const Json& config, int64_t vocabulary) {
  const double d = config.at("n_embd"), d_ff = number_or(config, "n_inner", 4 * d);
  return causal_size(d, d, 4 * d * d + 2 * d * d_ff, config.at("n_layer"), vocabulary);
}

}  // namespace

bool is_causal_model(const Json& config) {
  if (!config.is_object()) return false;
  const Json type = config.value("model_type", Json());
  return type == "llama" || type == "gpt2";
}

ModelSize model_size(const Json& config, int64_t vocabulary) {
  if (is_causal_model(config)) {
    return config.at("model_type") == "llama" ? llama_size(config, vocabulary)
                                              : gpt2_size(config, vocabulary);
  }
  const double d = config.at("d_model"), d_ff = config.at("d_ff");
  const double layers = config.at("num_layers");
  const double decoder_layers = config.value("num_decoder_layers", layers);
  const double inner = config.at("num_heads").get<double>() * config.at("d_kv").get<double>();
  const bool gated = config.value("feed_forward_proj", std::string("relu")).starts_with("gated");
  const double feed_forward = (gated ? 3 : 2) * d * d_ff;
  return {.encoder = layers * (4 * d * inner + feed_forward),
          .decoder = decoder_layers * (6 * d * inner + feed_forward),
          .cross = decoder_layers * 2 * d * inner,
          .head = static_cast<double>(vocabulary) * d,
          .inner = inner,
          .encoder_layers = layers,
          .decoder_layers = decoder_layers,
          .vocabulary = static_cast<double>(vocabulary)};
}

double train_flops(const ModelSize& size, double source_length, double target_length, bool frozen) {
  const double products =
      (size.encoder + size.cross) * source_length + (size.decoder + size.head) * target_length;
  double attention = size.encoder_layers * source_length * source_length +
                     size.decoder_layers * target_length * (target_length + source_length);
  if (size.causal) attention += size.decoder_layers * source_length * target_length;
  return (frozen ? 4 : 6) * products + 12 * size.inner * attention;
}

}  // namespace dovetail
