// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/folder_configs.h"

#include "base/error.h"
#include "base/file.h"
#include "base/near_path.h"
#include "model/checkpoints/json_text.h"
#include "model/config_file.h"
#include "model/generation_config_file.h"

namespace dovetail {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

bool holds(const Json& json, std::string_view key) {
  const auto found = json.find(key);
  return found != json.end() && !found->is_null();
}

// The generation settings among the keys of config.json.
Json settings_of_config(const Json& config_json) {
  Json settings = {{"_from_model_config", true}};
  for (const ForeignKey& key : generation_config_file().keys) {
    if (key.use != KeyUse::kHarmless && holds(config_json, key.name))
      settings[std::string(key.name)] = config_json.at(std::string(key.name));
  }
  return settings;
}

// A model that answers from one start was trained with it; transformers refuses to train such a
// folder.
void take_missing_start(FolderConfigs& found) {
  constexpr const char* kStart = "decoder_start_token_id";
  if (holds(found.config_json, kStart)) return;
  const std::vector<int64_t> start = token_ids(
      found.config.generation_config, "generation_config.json", kStart, found.config.vocab_size);
  if (!start.empty()) found.config.decoder_start_token_id = start[0];
}

}  // namespace

FolderConfigs read_folder_configs(const fs::path& folder) {
  const fs::path file = folder / "config.json", settings = folder / "generation_config.json";
  if (!fs::is_regular_file(file)) {
    throw_<ConfigError>(
        "{}: expected a model folder in the Hugging Face layout, found no config.json{}",
        folder.string(), near_path_hint(folder));
  }
  FolderConfigs found;
  found.config_json = parse_json_object(read_file(file), file.string());
  const Json type = found.config_json.value("model_type", Json());
  const ForeignFile& keys = config_file_of(type.is_string() ? type.get<std::string>() : "t5");
  note_unknown_keys(check_foreign_keys(keys, found.config_json, file), file);
  found.config = model_config_from(found.config_json);
  if (fs::is_regular_file(settings)) {
    found.config.generation_config = parse_json_object(read_file(settings), settings.string());
    take_missing_start(found);
  } else {
    found.config.generation_config = settings_of_config(found.config_json);
    found.config.generation_config = generation_config_json(found.config);
  }
  return found;
}

Json generation_config_json(const T5Config& config) {
  Json json = config.generation_config.is_object() ? config.generation_config
                                                   : Json{{"_from_model_config", true}};
  const Json ids = config_json(config);
  const char* start = config.is_causal() ? "bos_token_id" : "decoder_start_token_id";
  if (!holds(json, "decoder_start_token_id") && !holds(json, "bos_token_id"))
    json[start] = ids.at(start);
  for (const char* key : {"eos_token_id", "pad_token_id"}) {
    if (!holds(json, key) && holds(ids, key)) json[key] = ids.at(key);
  }
  return json;
}

std::string unusual_ids(const T5Config& config) {
  const Json settings = generation_config_json(config);
  Json ids = {{"start of training", config.decoder_start_token_id}};
  for (const std::string_view key : kModelIdKeys) {
    if (holds(settings, key)) ids[std::string(key)] = settings.at(std::string(key));
  }
  if (ids["eos_token_id"] == Json::array({1})) ids["eos_token_id"] = 1;
  if (ids.contains("decoder_start_token_id")) ids.erase("bos_token_id");  // not read then
  const Json usual = {{"start of training", 0}, {"decoder_start_token_id", 0}, {"eos_token_id", 1}};
  return ids == usual ? "" : ids.dump();
}

}  // namespace dovetail
