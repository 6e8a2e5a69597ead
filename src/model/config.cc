// SPDX-License-Identifier: Apache-2.0
#include "model/config.h"

#include <cctype>

#include "base/error.h"

namespace dovetail {

namespace {

using Json = nlohmann::json;

constexpr int64_t kLargestSize = int64_t{1} << 30;
constexpr int64_t kMostLayers = 1024;  // memory for them is allocated before the weights are read

// Treats null like a missing key.
bool given(const Json& json, const char* key) { return json.contains(key) && !json[key].is_null(); }

std::string found(const Json& json, const char* key) {
  if (!json.contains(key)) return "nothing";
  return json[key].is_structured() ? json[key].type_name() : json[key].dump();
}

int64_t whole(const Json& json, const char* key, int64_t least, int64_t most) {
  if (!given(json, key) || !json[key].is_number_integer()) {
    throw_<ConfigError>("config.json: expected a whole number for \"{}\", found {}", key,
                        found(json, key));
  }
  const int64_t value = json[key];
  const bool fits =
      json[key].is_number_unsigned() ? json[key].get<uint64_t>() <= uint64_t(most) : value <= most;
  if (!fits || value < least) {
    throw_<ConfigError>("config.json: \"{}\" must be between {} and {}, found {}", key, least, most,
                        found(json, key));
  }
  return value;
}

int64_t whole_or(const Json& json, const char* key, int64_t fallback, int64_t least = 1,
                 int64_t most = kLargestSize) {
  return given(json, key) ? whole(json, key, least, most) : fallback;
}

double real_or(const Json& json, const char* key, double fallback) {
  if (!given(json, key)) return fallback;
  const double value = json[key].is_number() ? json[key].get<double>() : -1;
  if (!(value >= 0 && value < 1)) {
    throw_<ConfigError>("config.json: expected a number from 0 and below 1 for \"{}\", found {}",
                        key, found(json, key));
  }
  return value;
}

bool truth_or(const Json& json, const char* key, bool fallback) {
  if (!given(json, key)) return fallback;
  if (!json[key].is_boolean()) {
    throw_<ConfigError>("config.json: expected true or false for \"{}\", found {}", key,
                        found(json, key));
  }
  return json[key];
}

std::string text_or(const Json& json, const char* key, const std::string& fallback) {
  if (!given(json, key)) return fallback;
  if (!json[key].is_string()) {
    throw_<ConfigError>("config.json: expected a string for \"{}\", found {}", key,
                        found(json, key));
  }
  return json[key];
}

// feed_forward_proj is the activation, with or without the prefix "gated-". Folders written by
// transformers hold it in two more keys, which override it there as well.
void read_feed_forward(const Json& json, T5Config& config) {
  const std::string name =
      text_or(json, "feed_forward_proj", config.model_type == "t5" ? "relu" : "gated-gelu");
  const bool gated = truth_or(json, "is_gated_act", name.starts_with("gated-"));
  // "gated-gelu" has always been the tanh approximation, which is called gelu_new
  std::string activation = name == "gated-gelu" ? "gelu_new" : name.substr(name.rfind('-') + 1);
  activation = text_or(json, "dense_act_fn", activation);
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

void read_sizes(const Json& json, T5Config& config) {
  config.vocab_size = whole_or(json, "vocab_size", config.model_type == "t5" ? 32128 : 250112);
  config.d_model = whole(json, "d_model", 1, kLargestSize);
  config.d_kv = whole(json, "d_kv", 1, kLargestSize);
  config.d_ff = whole(json, "d_ff", 1, kLargestSize);
  config.num_layers = whole(json, "num_layers", 1, kMostLayers);
  config.num_decoder_layers =
      whole_or(json, "num_decoder_layers", config.num_layers, 1, kMostLayers);
  config.num_heads = whole(json, "num_heads", 1, kLargestSize);
}

// Half of the encoder's buckets serve each direction, and half of these serve single distances. The
// rest grow up to max_distance, which must exceed the single ones.
void read_buckets(const Json& json, T5Config& config) {
  config.relative_attention_num_buckets =
      whole_or(json, "relative_attention_num_buckets", 32, 4, kLargestSize);
  config.relative_attention_max_distance = whole_or(json, "relative_attention_max_distance", 128);
  if (config.relative_attention_max_distance <= config.relative_attention_num_buckets / 2) {
    throw_<ConfigError>(
        "config.json: expected a relative_attention_max_distance above {}, half of "
        "relative_attention_num_buckets, found {}",
        config.relative_attention_num_buckets / 2, config.relative_attention_max_distance);
  }
}

int64_t token_or(const Json& json, const char* key, int64_t fallback, int64_t vocab_size) {
  const std::vector<int64_t> ids = token_ids(json, "config.json", key, vocab_size);
  if (ids.empty()) return fallback;
  if (ids.size() > 1) {
    throw_<ConfigError>("config.json: expected one id for \"{}\", found {}", key, found(json, key));
  }
  return ids[0];
}

void read_special_ids(const Json& json, T5Config& config) {
  config.pad_token_id = token_or(json, "pad_token_id", 0, config.vocab_size);
  const auto ends = token_ids(json, "config.json", "eos_token_id", config.vocab_size);
  if (!ends.empty()) config.eos_token_id = ends;
  config.decoder_start_token_id =
      token_or(json, "decoder_start_token_id", config.pad_token_id, config.vocab_size);
}

// transformers knows these four under two names, and the second one wins.
Json with_published_names(Json json) {
  constexpr std::pair<const char*, const char*> kNames[] = {{"hidden_size", "d_model"},
                                                            {"head_dim", "d_kv"},
                                                            {"num_hidden_layers", "num_layers"},
                                                            {"num_attention_heads", "num_heads"}};
  for (const auto& [other, published] : kNames) {
    if (given(json, other)) json[published] = json[other];
  }
  return json;
}

}  // namespace

std::vector<int64_t> token_ids(const Json& json, const char* file, const char* key,
                               int64_t vocab_size) {
  if (!given(json, key)) return {};
  std::vector<int64_t> ids;
  for (const Json& id : json[key].is_array() ? json[key] : Json::array({json[key]})) {
    const bool fits =
        id.is_number_integer() && id.get<int64_t>() >= 0 && id.get<int64_t>() < vocab_size;
    if (!fits) {
      throw_<ConfigError>("{}: \"{}\" must be between 0 and {}, found {}", file, key,
                          vocab_size - 1, found(json, key));
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
  const Json json = with_published_names(file);
  T5Config config;
  config.model_type = text_or(json, "model_type", "t5");
  if (config.model_type != "t5" && config.model_type != "mt5" && config.model_type != "umt5") {
    throw_<ConfigError>("config.json: expected model_type \"t5\", \"mt5\" or \"umt5\", found {}",
                        found(json, "model_type"));
  }
  config.bias_in_every_block = config.model_type == "umt5";
  read_sizes(json, config);
  read_buckets(json, config);
  config.dropout_rate = real_or(json, "dropout_rate", 0.1);
  config.layer_norm_epsilon = real_or(json, "layer_norm_epsilon", 1e-6);
  config.scale_is_given = given(json, "scale_decoder_outputs");
  const bool tied = truth_or(json, "tie_word_embeddings", true);
  config.scale_decoder_outputs = truth_or(json, "scale_decoder_outputs", tied);
  set_tied_head(config, tied);
  read_feed_forward(json, config);
  read_special_ids(json, config);
  return config;
}

namespace {

Json one_or_list(const std::vector<int64_t>& ids) {
  return ids.size() == 1 ? Json(ids[0]) : Json(ids);
}

}  // namespace

nlohmann::json config_json(const T5Config& config) {
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
      {"initializer_factor", 1.0},
      {"torch_dtype", "float32"},
  };
  // of the other two, transformers ignores the key
  if (config.model_type == "t5" || config.scale_is_given)
    json["scale_decoder_outputs"] = config.scale_decoder_outputs;
  return json;
}

}  // namespace dovetail
