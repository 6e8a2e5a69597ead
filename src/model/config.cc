// SPDX-License-Identifier: Apache-2.0
#include "model/config.h"

#include <cctype>

#include "base/error.h"
#include "base/shape_names.h"
#include "model/causal_config.h"
#include "model/config_values.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

constexpr int64_t kMostLayers = 1024;  // memory for them is allocated before the weights are read

// feed_forward_proj is the activation, with or without the prefix "gated-". Folders written by
// transformers hold it in two more keys, which override it there as well.
void read_feed_forward(const ConfigValues& json, T5Config& config) {
  const std::string name =
      json.text_or("feed_forward_proj", config.model_type == "t5" ? "relu" : "gated-gelu");
  const bool gated = json.truth_or("is_gated_act", name.starts_with("gated-"));
  // "gated-gelu" has always been the tanh approximation, which is called gelu_new
  std::string activation = name == "gated-gelu" ? "gelu_new" : name.substr(name.rfind('-') + 1);
  activation = json.text_or("dense_act_fn", activation);
  if (!gated && activation == "relu") {
    config.feed_forward_proj = "relu";
  } else if (gated && activation == "gelu_new") {
    config.feed_forward_proj = "gated-gelu";
  } else if (gated && (activation == "silu" || activation == "swish")) {
    config.feed_forward_proj = "gated-silu";
  } else {
    throw_<ConfigError>(
        "config.json: feed_forward_proj is \"{}\" ({}, {}); known: relu, gated-gelu, "
        "gated-silu",
        name, activation, gated ? "gated" : "not gated");
  }
}

void read_sizes(const ConfigValues& json, T5Config& config) {
  config.vocab_size = json.whole_or("vocab_size", config.model_type == "t5" ? 32128 : 250112);
  config.d_model = json.whole("d_model");
  config.d_kv = json.whole("d_kv");
  config.d_ff = json.whole("d_ff");
  config.num_layers = json.whole("num_layers", 1, kMostLayers);
  config.num_decoder_layers =
      json.whole_or("num_decoder_layers", config.num_layers, 1, kMostLayers);
  config.num_heads = json.whole("num_heads");
}

// Half of the encoder's buckets serve each direction, and half of these serve single distances. The
// rest grow up to max_distance, which must exceed the single ones.
void read_buckets(const ConfigValues& json, T5Config& config) {
  config.relative_attention_num_buckets = json.whole_or("relative_attention_num_buckets", 32, 4);
  config.relative_attention_max_distance = json.whole_or("relative_attention_max_distance", 128);
  if (config.relative_attention_max_distance <= config.relative_attention_num_buckets / 2) {
    throw_<ConfigError>(
        "config.json: expected a relative_attention_max_distance above {}, half of "
        "relative_attention_num_buckets, found {}",
        config.relative_attention_num_buckets / 2, config.relative_attention_max_distance);
  }
}

void read_special_ids(const ConfigValues& json, T5Config& config) {
  config.pad_token_id = json.token_or("pad_token_id", 0, config.vocab_size);
  const auto ends = token_ids(json.json(), "config.json", "eos_token_id", config.vocab_size);
  if (!ends.empty()) config.eos_token_id = ends;
  config.decoder_start_token_id =
      json.token_or("decoder_start_token_id", config.pad_token_id, config.vocab_size);
}

}  // namespace

std::vector<int64_t> token_ids(const Json& json, const char* file, const char* key,
                               int64_t vocab_size) {
  const ConfigValues values(json);
  if (!values.given(key)) return {};
  std::vector<int64_t> ids;
  for (const Json& id : json[key].is_array() ? json[key] : Json::array({json[key]})) {
    const bool fits =
        id.is_number_integer() && id.get<int64_t>() >= 0 && id.get<int64_t>() < vocab_size;
    if (!fits) {
      throw_<ConfigError>("{}: \"{}\" must be between 0 and {}, found {}", file, key,
                          vocab_size - 1, values.found(key));
    }
    ids.push_back(id.get<int64_t>());
  }
  return ids;
}

void set_tied_head(T5Config& config, bool tied) {
  config.tie_word_embeddings = tied;
  if (config.model_type != "t5" && !config.scale_is_given) config.scale_decoder_outputs = tied;
}

T5Config t5_config_from(const Json& file) {
  const Json renamed = with_published_names(file);
  const ConfigValues json(renamed);
  T5Config config;
  config.model_type = json.text_or("model_type", "t5");
  if (config.model_type != "t5" && config.model_type != "mt5" && config.model_type != "umt5") {
    throw_<ConfigError>(
        "config.json: expected model_type \"t5\", \"mt5\", \"umt5\", \"llama\" or \"gpt2\", found "
        "{}",
        json.found("model_type"));
  }
  config.bias_in_every_block = config.model_type == "umt5";
  read_sizes(json, config);
  read_buckets(json, config);
  config.dropout_rate = json.real_or("dropout_rate", 0.1);
  config.layer_norm_epsilon = json.real_or("layer_norm_epsilon", 1e-6);
  config.initializer_factor = json.positive_or("initializer_factor", 1);
  config.scale_is_given = json.given("scale_decoder_outputs");
  const bool tied = json.truth_or("tie_word_embeddings", true);
  config.scale_decoder_outputs = json.truth_or("scale_decoder_outputs", tied);
  set_tied_head(config, tied);
  read_feed_forward(json, config);
  read_special_ids(json, config);
  return config;
}

T5Config model_config_from(const Json& json) {
  const bool causal = json.contains("model_type") && json["model_type"].is_string() &&
                      is_causal_type(json["model_type"].get<std::string>());
  return causal ? causal_config_from(json) : t5_config_from(json);
}

nlohmann::json one_or_list(const std::vector<int64_t>& ids) {
  return ids.size() == 1 ? Json(ids[0]) : Json(ids);
}

nlohmann::json config_json(const T5Config& config) {
  if (config.is_causal()) return causal_config_json(config);
  std::string class_name = config.model_type;
  for (char& letter : class_name) letter = static_cast<char>(std::toupper(letter));
  nlohmann::json json = {
      {"architectures", {class_name + "ForConditionalGeneration"}},
      {"model_type", config.model_type},
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
      {"pad_token_id", config.pad_token_id},
      {"eos_token_id", one_or_list(config.eos_token_id)},
      {"decoder_start_token_id", config.decoder_start_token_id},
      {"initializer_factor", config.initializer_factor},
      {"torch_dtype", "float32"},
  };
  // of the other two, transformers ignores the key
  if (config.model_type == "t5" || config.scale_is_given)
    json["scale_decoder_outputs"] = config.scale_decoder_outputs;
  return json;
}

}  // namespace dovetail
