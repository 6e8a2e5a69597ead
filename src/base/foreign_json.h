// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// JSON files that other programs write: config.json, tokenizer.json, adapter_config.json and their
// like. Every key that may stand in one is declared, so that a key that changes results is either
// acted on or refused by its name, and never dropped in silence. docs/models.md shows the
// declarations as a table, made by `dovetail list foreign_keys`.
enum class KeyUse {
  kUsed,      // read and acted on
  kHarmless,  // changes no result of Dovetail
  kRefused    // changes results and is not supported: refused unless its value is neutral
};

struct ForeignKey {
  std::string_view name;
  KeyUse use;
  std::string_view doc;  // what it does here; why it is harmless; what is refused
  // Of kRefused: the values, beside null, that leave results alone, as a JSON array: "[false, 0]".
  std::string_view neutral = "[]";
};

struct ForeignFile {
  std::string name;  // "config.json"
  std::vector<ForeignKey> keys;
};

// Whether a value of the key leaves results alone: null, or one of `neutral`.
bool is_neutral(const ForeignKey& key, const nlohmann::json& value);

// Checks the top level of `json`, read from `path`, against the declarations. Throws ConfigError
// for the first refused key with a value that is not neutral, and for a JSON value that is no
// object. Returns the undeclared keys, which the caller notes with note_unknown_keys.
std::vector<std::string> check_foreign_keys(const ForeignFile& file, const nlohmann::json& json,
                                            const std::filesystem::path& path);

// Logs a warning that these keys of `path` are unknown to Dovetail and were not read; nothing for
// an empty list, and once for each file and process.
void note_unknown_keys(const std::vector<std::string>& keys, const std::filesystem::path& path);

const char* key_use_text(KeyUse use);  // "used", "harmless", "refused"

}  // namespace dovetail
