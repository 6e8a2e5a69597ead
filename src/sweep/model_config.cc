// SPDX-License-Identifier: Apache-2.0
#include "sweep/model_config.h"

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/shape_names.h"
#include "plan/model_size.h"

namespace dovetail {

namespace {

const std::vector<std::string> kRequired = {"d_model", "d_kv", "d_ff", "num_layers", "num_heads"};

const std::vector<std::string> kFeedForwards = {"relu", "gated-gelu", "gated-silu"};

// The defaults of T5Config in the published checkpoints. Two of them depend on another key:
// num_decoder_layers defaults to num_layers, scale_decoder_outputs to tie_word_embeddings.
const Json& config_defaults() {
  static const Json defaults = {{"num_decoder_layers", 0},
                                {"relative_attention_num_buckets", 32},
                                {"relative_attention_max_distance", 128},
                                {"layer_norm_epsilon", 1e-6},
                                {"feed_forward_proj", "relu"},
                                {"tie_word_embeddings", true},
                                {"scale_decoder_outputs", true}};
  return defaults;
}

Json with_defaults(Json config) {
  const auto given = [&](const char* key) {
    return config.contains(key) && !config[key].is_null();
  };
  const bool layers = given("num_decoder_layers"), scale = given("scale_decoder_outputs");
  for (const auto& [key, value] : config_defaults().items()) {
    if (!given(key.c_str())) config[key] = value;
  }
  if (!layers) config["num_decoder_layers"] = config.at("num_layers");
  if (!scale) config["scale_decoder_outputs"] = config["tie_word_embeddings"];
  return config;
}

// The scale of random weights, where it is not the usual one: only that is in the plan.
struct Initializer {
  const char* key;
  double usual;
};

Initializer initializer_of(const Json& config) {
  return is_causal_model(config) ? Initializer{"initializer_range", 0.02}
                                 : Initializer{"initializer_factor", 1};
}

void keep_initializer(const Json& json, Json& config) {
  const Initializer of = initializer_of(config);
  if (json.contains(of.key) && json[of.key].is_number() && json[of.key] != of.usual)
    config[of.key] = json[of.key];
}

void read_initializer(const TomlTable& table, Json& config) {
  Initializer of = initializer_of(config);
  table.read(of.key, of.usual, kAboveZero);
  keep_initializer({{of.key, of.usual}}, config);
}

// A decoder-only shape. The catalogue's of the same type says which keys there are, and of what
// type.
Json causal_config_of_table(const toml::node& node, const Json& example) {
  std::vector<std::string> known = {initializer_of(example).key};
  for (const auto& [key, value] : example.items()) known.push_back(key);
  const TomlTable table(node, "config of [model]", known);
  Json config = Json::object();
  for (const auto& [key, value] : example.items()) {
    const toml::node* given = table.find(key);
    if (!given) continue;
    config[key] = like(*given, value, table.name_of(key));
    if (given->is_number()) real_number(*given, table.name_of(key), kAboveZero);
  }
  read_initializer(table, config);
  return config;
}

Json config_of_table(const toml::node& node) {
  std::vector<std::string> known = kRequired;
  known.push_back("initializer_factor");
  for (const auto& [key, value] : config_defaults().items()) known.push_back(key);
  const TomlTable table(node, "config of [model]", known);
  Json config = Json::object();
  for (const std::string& key : kRequired) {
    config[key] = whole_number(table.at(key), table.name_of(key), kOneOrMore);
  }
  for (const auto& [key, value] : config_defaults().items()) {
    const toml::node* given = table.find(key);
    if (!given) continue;
    config[key] = like(*given, value, table.name_of(key));
    if (given->is_number()) real_number(*given, table.name_of(key), kAboveZero);
    if (key == "feed_forward_proj") known_name(*given, key, kFeedForwards);
  }
  read_initializer(table, config);
  return with_defaults(std::move(config));
}

// A random start has T5's network: keys of config.json that say otherwise must not be dropped.
void check_network(const Json& json, const std::filesystem::path& file,
                   const toml::source_region& place) {
  const auto named = json.find("feed_forward_proj");
  const std::string proj =
      named != json.end() && named->is_string() ? named->get<std::string>() : "relu";
  const bool gated = proj.starts_with("gated-");
  const std::string activation =
      proj == "gated-gelu" ? "gelu_new" : proj.substr(proj.rfind('-') + 1);
  const std::pair<const char*, Json> expected[] = {
      {"model_type", "t5"}, {"is_gated_act", gated}, {"dense_act_fn", activation}};
  for (const auto& [key, value] : expected) {
    if (!json.contains(key) || json[key].is_null() || json[key] == value) continue;
    fail_at(place,
            fmt::format("{}: \"{}\" is {}, but a random start is a t5 with feed_forward_proj "
                        "{}: expected {}",
                        file.string(), key, json[key].dump(), proj, value.dump()));
  }
}

// config.json of a folder: an object.
Json read_config_file(const std::filesystem::path& file, const toml::source_region& place) {
  if (!std::filesystem::is_regular_file(file)) {
    fail_at(place, fmt::format("\"{}\" holds no config.json", file.parent_path().string()));
  }
  Json json = Json::parse(read_file(file), nullptr, false);
  if (!json.is_object()) fail_at(place, fmt::format("{} is no JSON object", file.string()));
  return with_published_names(std::move(json));
}

// The keys of a config.json that decide the network's shape, with defaults for the others.
Json shape_of(const Json& json, const std::filesystem::path& file,
              const toml::source_region& place) {
  Json config = Json::object();
  for (const std::string& key : kRequired) {
    if (!json.contains(key) || !json[key].is_number_integer() || json[key] < 1) {
      fail_at(place, fmt::format("{} lacks {}, a whole number from 1", file.string(), key));
    }
    config[key] = json[key];
  }
  for (const auto& [key, value] : config_defaults().items()) {
    if (json.contains(key)) config[key] = json[key];
  }
  if (json.contains("vocab_size")) config["vocab_size"] = json["vocab_size"];
  return with_defaults(std::move(config));
}

// The keys of a decoder-only config.json that decide the network; `vocab_size` of a checkpoint too.
const std::vector<std::string>& causal_keys(const Json& type) {
  static const std::vector<std::string> llama = {"model_type",
                                                 "hidden_size",
                                                 "intermediate_size",
                                                 "num_hidden_layers",
                                                 "num_attention_heads",
                                                 "num_key_value_heads",
                                                 "head_dim",
                                                 "hidden_act",
                                                 "rms_norm_eps",
                                                 "rope_theta",
                                                 "rope_parameters",
                                                 "rope_scaling",
                                                 "attention_bias",
                                                 "mlp_bias",
                                                 "max_position_embeddings",
                                                 "tie_word_embeddings",
                                                 "vocab_size"};
  static const std::vector<std::string> gpt2 = {"model_type",
                                                "n_embd",
                                                "n_head",
                                                "n_layer",
                                                "n_inner",
                                                "n_positions",
                                                "activation_function",
                                                "layer_norm_epsilon",
                                                "tie_word_embeddings",
                                                "vocab_size"};
  return type == "llama" ? llama : gpt2;
}

void check_causal_sizes(const Json& config, const std::string& where,
                        const toml::source_region& place) {
  try {
    model_size(config, 1);
  } catch (const Json::exception&) {
    fail_at(place, fmt::format("{} lacks a size of a {}: hidden_size, num_attention_heads, "
                               "num_hidden_layers and intermediate_size of a llama; n_embd, n_head "
                               "and n_layer of a gpt2",
                               where, config.at("model_type").dump()));
  }
}

Json causal_shape_of(const Json& json, const std::filesystem::path& file,
                     const toml::source_region& place) {
  Json config = Json::object();
  for (const std::string& key : causal_keys(json.at("model_type")))
    if (json.contains(key) && !json[key].is_null()) config[key] = json[key];
  check_causal_sizes(config, file.string(), place);
  return config;
}

// A table of a sweep file: a T5's shape, or, with a model_type, that of another family.
Json read_config_table(const toml::node& node, const Catalogues& catalogues) {
  const toml::node* type = node.as_table()->get("model_type");
  if (!type) return config_of_table(node);
  const std::string wanted = text(*type, "model_type of config of [model]");
  for (const auto& [name, shape] : catalogues.model_shapes) {
    if (!is_causal_model(shape) || shape.at("model_type") != wanted) continue;
    const Json config = causal_config_of_table(node, shape);
    check_causal_sizes(config, "config of [model]", node.source());
    return config;
  }
  fail_at(type->source(), fmt::format("model_type is \"{}\"; expected \"llama\" or \"gpt2\", or "
                                      "none for a T5",
                                      wanted));
}

}  // namespace

Json config_of_folder(const std::filesystem::path& folder, const toml::source_region& place) {
  const std::filesystem::path file = folder / "config.json";
  const Json json = read_config_file(file, place);
  if (is_causal_model(json)) return causal_shape_of(json, file, place);
  const Json type = json.value("model_type", Json("t5"));
  if (!type.is_null() && type != "t5" && type != "mt5" && type != "umt5") {
    fail_at(place, fmt::format("\"{}\" holds a model of type {}; expected \"t5\", \"mt5\", "
                               "\"umt5\", \"llama\" or \"gpt2\"",
                               folder.string(), type.dump()));
  }
  return shape_of(json, file, place);
}

Json read_model_config(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues) {
  if (node.is_table()) return read_config_table(node, catalogues);
  const std::string name = text(node, "config of [model]");
  if (const auto shape = catalogues.model_shapes.find(name);
      shape != catalogues.model_shapes.end()) {
    return is_causal_model(shape->second) ? shape->second : with_defaults(shape->second);
  }
  const std::filesystem::path folder = find_path(name, sweep.file);
  if (!folder.empty()) {
    const std::filesystem::path file = folder / "config.json";
    const Json json = read_config_file(file, node.source());
    const bool causal = is_causal_model(json);
    if (!causal) check_network(json, file, node.source());
    Json config =
        causal ? causal_shape_of(json, file, node.source()) : shape_of(json, file, node.source());
    config.erase("vocab_size");  // the sweep's own vocabulary decides
    keep_initializer(json, config);
    return config;
  }
  std::vector<std::string> known;
  for (const auto& [shape, config] : catalogues.model_shapes) known.push_back(shape);
  fail_at(node.source(), fmt::format("unknown model shape \"{}\", and no folder of that name; {}{}",
                                     name, did_you_mean(name, known), path_hint(name, sweep.file)));
}

}  // namespace dovetail
