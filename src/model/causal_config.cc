// SPDX-License-Identifier: Apache-2.0
#include "model/causal_config.h"

#include "base/error.h"
#include "base/shape_names.h"
#include "model/config_values.h"

namespace dovetail {

namespace {

constexpr int64_t kMostBlocks = 1024;  // memory for them is allocated before the weights are read
constexpr double kUsualTheta = 10000;
constexpr const char* kScaledRotary =
    "rotary positions are read unscaled alone; take a model without scaling, or remove the key if "
    "its sources and answers fit the length before scaling";

// transformers 5 writes rope_parameters, older versions rope_theta and rope_scaling.
void check_rotary(const nlohmann::json& rotary, const char* key) {
  if (!rotary.is_object()) {
    throw_<ConfigError>("config.json: expected an object for \"{}\", found {}", key, rotary.dump());
  }
  for (const auto& [name, value] : rotary.items()) {
    const bool type = name == "rope_type" || name == "type";
    const bool plain = (type && value == "default") || name == "rope_theta" || value.is_null() ||
                       (name == "partial_rotary_factor" && value == 1.0);
    if (plain) continue;
    throw_<ConfigError>(
        "config.json: \"{}\" of \"{}\" is {}, which changes results and is not supported: {}", name,
        key, value.dump(), kScaledRotary);
  }
}

double read_theta(const ConfigValues& json) {
  for (const char* key : {"rope_scaling", "rope_parameters"})
    if (json.given(key)) check_rotary(json.json().at(key), key);
  const double theta = json.positive_or("rope_theta", kUsualTheta);
  if (!json.given("rope_parameters")) return theta;
  return ConfigValues(json.json().at("rope_parameters")).positive_or("rope_theta", theta);
}

void check_activation(const ConfigValues& json, const char* key,
                      std::initializer_list<const char*> known) {
  const std::string name = json.text_or(key, *known.begin());
  for (const char* one : known)
    if (name == one) return;
  throw_<ConfigError>("config.json: expected \"{}\" for \"{}\", found \"{}\": take a model with it",
                      *known.begin(), key, name);
}

void read_llama(const ConfigValues& json, T5Config& config, CausalShape& shape) {
  config.vocab_size = json.whole_or("vocab_size", 32000);
  config.d_model = json.whole("hidden_size");
  config.num_heads = json.whole("num_attention_heads");
  config.num_decoder_layers = json.whole("num_hidden_layers", 1, kMostBlocks);
  config.d_ff = json.whole("intermediate_size");
  if (!json.given("head_dim") && config.d_model % config.num_heads != 0) {
    throw_<ConfigError>(
        "config.json: expected a \"hidden_size\" that {} heads share evenly, found {}; or give "
        "\"head_dim\"",
        config.num_heads, config.d_model);
  }
  config.d_kv = json.whole_or("head_dim", config.d_model / config.num_heads, 2);
  if (config.d_kv % 2 != 0) {
    throw_<ConfigError>("config.json: rotary positions need an even \"head_dim\", found {}",
                        config.d_kv);
  }
  config.layer_norm_epsilon = json.real_or("rms_norm_eps", 1e-6);
  check_activation(json, "hidden_act", {"silu", "swish"});
  config.feed_forward_proj = "gated-silu";
  shape.num_key_value_heads = json.whole_or("num_key_value_heads", config.num_heads);
  shape.rope_theta = read_theta(json);
  shape.max_position_embeddings = json.whole_or("max_position_embeddings", 2048);
  shape.attention_bias = json.truth_or("attention_bias", false);
  shape.mlp_bias = json.truth_or("mlp_bias", false);
}

void read_gpt2(const ConfigValues& json, T5Config& config, CausalShape& shape) {
  config.vocab_size = json.whole_or("vocab_size", 50257);
  config.d_model = json.whole("n_embd");
  config.num_heads = json.whole("n_head");
  config.num_decoder_layers = json.whole("n_layer", 1, kMostBlocks);
  config.d_ff = json.whole_or("n_inner", 4 * config.d_model);
  if (config.d_model % config.num_heads != 0) {
    throw_<ConfigError>("config.json: expected an \"n_embd\" that {} heads share evenly, found {}",
                        config.num_heads, config.d_model);
  }
  config.d_kv = config.d_model / config.num_heads;
  config.layer_norm_epsilon = json.real_or("layer_norm_epsilon", 1e-5);
  check_activation(json, "activation_function", {"gelu_new", "gelu_pytorch_tanh"});
  config.feed_forward_proj = "gelu";
  shape.num_key_value_heads = config.num_heads;
  shape.max_position_embeddings = json.whole_or("n_positions", 1024);
  shape.layer_norm = shape.attention_bias = shape.mlp_bias = true;
}

// A model without a padding token pads with any: attention sees none of it.
void read_causal_ids(const ConfigValues& json, int64_t usual_start, int64_t usual_end,
                     T5Config& config) {
  const int64_t last = config.vocab_size - 1;
  config.eos_token_id = token_ids(json.json(), "config.json", "eos_token_id", config.vocab_size);
  if (config.eos_token_id.empty()) config.eos_token_id = {std::min(usual_end, last)};
  config.decoder_start_token_id =
      json.token_or("bos_token_id", std::min(usual_start, last), config.vocab_size);
  bool& has_pad = config.causal->has_pad_token;
  has_pad = json.given("pad_token_id") && json.json().at("pad_token_id") != -1;
  config.pad_token_id = has_pad ? json.token_or("pad_token_id", 0, config.vocab_size) : 0;
}

nlohmann::json common_json(const T5Config& config, const char* class_name) {
  nlohmann::json json = {{"architectures", {class_name}},
                         {"model_type", config.model_type},
                         {"vocab_size", config.vocab_size},
                         {"tie_word_embeddings", config.tie_word_embeddings},
                         {"bos_token_id", config.decoder_start_token_id},
                         {"eos_token_id", one_or_list(config.eos_token_id)},
                         {"initializer_range", config.causal->initializer_range},
                         {"use_cache", true},
                         {"torch_dtype", "float32"}};
  if (config.causal->has_pad_token) json["pad_token_id"] = config.pad_token_id;
  return json;
}

}  // namespace

bool is_causal_type(const std::string& model_type) {
  return model_type == "llama" || model_type == "gpt2";
}

T5Config causal_config_from(const nlohmann::json& file) {
  T5Config config;
  config.model_type = ConfigValues(file).text_or("model_type", "");
  DOVETAIL_CHECK(is_causal_type(config.model_type));
  const bool llama = config.model_type == "llama";
  const nlohmann::json renamed = with_published_names(file);
  const ConfigValues json(renamed);
  CausalShape shape;
  config.num_layers = 0;
  if (llama) {
    read_llama(json, config, shape);
  } else {
    read_gpt2(json, config, shape);
  }
  if (config.num_heads % shape.num_key_value_heads != 0) {
    throw_<ConfigError>(
        "config.json: expected a \"num_key_value_heads\" that divides the {} heads, found {}",
        config.num_heads, shape.num_key_value_heads);
  }
  shape.initializer_range = json.positive_or("initializer_range", 0.02);
  config.causal = shape;
  config.scale_decoder_outputs = false;
  config.scale_is_given = true;  // no head of these is scaled
  config.tie_word_embeddings = json.truth_or("tie_word_embeddings", !llama);
  config.dropout_rate = llama ? 0.0 : json.real_or("resid_pdrop", 0.1);
  read_causal_ids(json, llama ? 1 : 50256, llama ? 2 : 50256, config);
  return config;
}

nlohmann::json causal_config_json(const T5Config& config) {
  const CausalShape& shape = config.causal.value();
  if (config.model_type == "gpt2") {
    nlohmann::json json = common_json(config, "GPT2LMHeadModel");
    json.update({{"n_embd", config.d_model},
                 {"n_head", config.num_heads},
                 {"n_layer", config.num_decoder_layers},
                 {"n_inner", config.d_ff},
                 {"n_positions", shape.max_position_embeddings},
                 {"layer_norm_epsilon", config.layer_norm_epsilon},
                 {"activation_function", "gelu_new"},
                 {"resid_pdrop", config.dropout_rate},
                 {"embd_pdrop", config.dropout_rate},
                 {"attn_pdrop", config.dropout_rate}});
    return json;
  }
  nlohmann::json json = common_json(config, "LlamaForCausalLM");
  json.update({{"hidden_size", config.d_model},
               {"num_attention_heads", config.num_heads},
               {"num_key_value_heads", shape.num_key_value_heads},
               {"num_hidden_layers", config.num_decoder_layers},
               {"intermediate_size", config.d_ff},
               {"head_dim", config.d_kv},
               {"max_position_embeddings", shape.max_position_embeddings},
               {"rms_norm_eps", config.layer_norm_epsilon},
               {"hidden_act", "silu"},
               {"attention_bias", shape.attention_bias},
               {"mlp_bias", shape.mlp_bias},
               {"rope_theta", shape.rope_theta},  // of transformers 4; 5 has it below
               {"rope_parameters", {{"rope_theta", shape.rope_theta}, {"rope_type", "default"}}}});
  return json;
}

}  // namespace dovetail
