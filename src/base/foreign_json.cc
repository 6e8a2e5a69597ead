// SPDX-License-Identifier: Apache-2.0
#include "base/foreign_json.h"

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/log.h"
#include "base/names.h"

namespace dovetail {

bool is_neutral(const ForeignKey& key, const nlohmann::json& value) {
  if (value.is_null()) return true;
  const nlohmann::json neutral = nlohmann::json::parse(key.neutral);
  return std::ranges::find(neutral, value) != neutral.end();
}

namespace {

// The value as one short piece of text, for a message.
std::string shown(const nlohmann::json& value) {
  constexpr size_t kLongest = 60;
  const std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return text.size() <= kLongest ? text : std::string(value.type_name());
}

}  // namespace

std::vector<std::string> check_foreign_keys(const ForeignFile& file, const nlohmann::json& json,
                                            const std::filesystem::path& path) {
  if (!json.is_object()) throw_<ConfigError>("{}: expected a JSON object", path.string());
  std::vector<std::string> unknown;
  for (const auto& [name, value] : json.items()) {
    const auto key = std::ranges::find(file.keys, name, &ForeignKey::name);
    if (key == file.keys.end()) {
      unknown.push_back(name);
    } else if (key->use == KeyUse::kRefused && !is_neutral(*key, value)) {
      throw_<ConfigError>("{}: \"{}\" is {}, which changes results and is not supported: {}",
                          path.string(), name, shown(value), key->doc);
    }
  }
  return unknown;
}

void note_unknown_keys(const std::vector<std::string>& keys, const std::filesystem::path& path) {
  static std::mutex mutex;
  static std::set<std::string> noted;
  if (keys.empty()) return;
  const std::lock_guard lock(mutex);
  if (!noted.insert(path.string()).second) return;
  log_warning("{}: not known here and not read: {}", path.string(), join(keys, ", "));
}

const char* key_use_text(KeyUse use) {
  switch (use) {
    case KeyUse::kUsed: return "used";
    case KeyUse::kHarmless: return "harmless";
    case KeyUse::kRefused: return "refused";
  }
  return "";
}

}  // namespace dovetail
