// SPDX-License-Identifier: Apache-2.0
#include "tuning/adapter_config.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "model/checkpoints/json_text.h"
#include "tuning/adapter_keys.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kConfigName = "adapter_config.json";

// PEFT saves every adapter of a model but the one named "default" in a folder of its name below.
std::vector<std::string> adapters_below(const fs::path& folder) {
  std::vector<std::string> names;
  if (!fs::is_directory(folder)) return names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / kConfigName)) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

void check_keys(const AdapterConfig& config, const nlohmann::json& json) {
  const ForeignFile* keys = adapter_file(config.peft_type);
  if (keys == nullptr) {
    throw_<ConfigError>("{}: expected \"peft_type\" {}, found {}, which is not supported",
                        config.file.string(), join(adapter_kinds(), ", "), config.peft_type);
  }
  note_unknown_keys(check_foreign_keys(*keys, json, config.file), config.file);
}

}  // namespace

nlohmann::ordered_json AdapterConfig::value(const char* key) const {
  const auto found = json.find(key);
  return found == json.end() ? nlohmann::ordered_json() : *found;
}

bool is_adapter(const fs::path& folder) { return fs::exists(folder / kConfigName); }

AdapterConfig read_adapter_config(const fs::path& folder) {
  AdapterConfig config{.file = folder / kConfigName, .peft_type = "nothing", .json = {}};
  if (!fs::exists(config.file)) {
    const std::vector<std::string> below = adapters_below(folder);
    throw_<ConfigError>(
        "{}: expected an adapter folder as PEFT saves it, found no adapter_config.json{}",
        folder.string(),
        below.empty() ? "" : "; there is one in its folders: " + join(below, ", "));
  }
  const std::string text = read_file(config.file);
  const nlohmann::json sorted = parse_json_object(text, config.file.string());
  config.json = nlohmann::ordered_json::parse(text);
  if (const auto type = config.value("peft_type"); type.is_string()) config.peft_type = type;
  check_keys(config, sorted);
  return config;
}

void check_saved_start(const TuningEntry& tuning, const AdapterConfig& config) {
  const bool own = config.peft_type == kOwnType;
  const std::string kind = own && config.value("tuning").is_string()
                               ? config.value("tuning").get<std::string>()
                               : config.peft_type;
  const auto& known = tuning.starts_from;
  if (own ? kind == tuning.name : std::ranges::find(known, kind) != known.end()) return;
  throw_<ConfigError>("initialization_folder: {} can start from {}, found {} in {}", tuning.name,
                      known.empty() ? "no saved adapter" : "a saved " + join(known, " or "), kind,
                      config.file.string());
}

}  // namespace dovetail
