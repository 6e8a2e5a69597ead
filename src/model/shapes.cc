// SPDX-License-Identifier: Apache-2.0
#include "model/shapes.h"

namespace dovetail {

namespace {

nlohmann::json shape(int64_t d_model, int64_t d_kv, int64_t num_heads, int64_t num_layers,
                     int64_t d_ff, const char* feed_forward_proj = "relu", bool tied = true) {
  return {{"d_model", d_model},
          {"d_kv", d_kv},
          {"num_heads", num_heads},
          {"num_layers", num_layers},
          {"num_decoder_layers", num_layers},
          {"d_ff", d_ff},
          {"feed_forward_proj", feed_forward_proj},
          {"tie_word_embeddings", tied}};
}

nlohmann::json llama(int64_t hidden_size, int64_t heads, int64_t key_value_heads, int64_t layers,
                     int64_t intermediate_size, bool tied) {
  return {{"model_type", "llama"},
          {"hidden_size", hidden_size},
          {"num_attention_heads", heads},
          {"num_key_value_heads", key_value_heads},
          {"num_hidden_layers", layers},
          {"intermediate_size", intermediate_size},
          {"rms_norm_eps", 1e-5},
          {"rope_theta", 10000.0},
          {"max_position_embeddings", 2048},
          {"tie_word_embeddings", tied}};
}

nlohmann::json gpt2(int64_t n_embd, int64_t heads, int64_t layers) {
  return {{"model_type", "gpt2"}, {"n_embd", n_embd},      {"n_head", heads},
          {"n_layer", layers},    {"n_inner", 4 * n_embd}, {"n_positions", 1024}};
}

}  // namespace

// t5-small, -base, -large are Raffel et al. 2020, sec. 3.7; v1_1 is Shazeer 2020's gated-GELU with
// an untied head. gpt2-small is Radford et al. 2019's smallest. The tiny and mini ones are this
// project's, for two cores; the causal ones have about as many weights in their blocks as the T5s.
std::map<std::string, nlohmann::json> model_shapes() {
  return {
      {"t5-tiny", shape(128, 32, 4, 2, 512)},
      {"t5-mini", shape(256, 64, 4, 4, 1024)},
      {"t5-small", shape(512, 64, 8, 6, 2048)},
      {"t5-base", shape(768, 64, 12, 12, 3072)},
      {"t5-large", shape(1024, 64, 16, 24, 4096)},
      {"t5-v1_1-tiny", shape(128, 32, 4, 2, 352, "gated-gelu", false)},
      {"t5-v1_1-small", shape(512, 64, 6, 8, 1024, "gated-gelu", false)},
      {"t5-v1_1-base", shape(768, 64, 12, 12, 2048, "gated-gelu", false)},
      {"t5-v1_1-large", shape(1024, 64, 16, 24, 2816, "gated-gelu", false)},
      {"llama-tiny", llama(128, 4, 2, 5, 352, true)},
      {"llama-mini", llama(256, 4, 2, 9, 704, true)},
      {"gpt2-tiny", gpt2(128, 4, 5)},
      {"gpt2-small", gpt2(768, 12, 12)},
  };
}

}  // namespace dovetail
