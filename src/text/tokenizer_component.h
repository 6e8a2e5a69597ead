// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "text/text_pattern.h"

namespace dovetail {

// What the parts of a tokenizer.json have in common. `part` is "normalizer", "model" and the like,
// `where` the file.

// The "type" of a component. Throws DataError for JSON without one.
std::string component_type(const nlohmann::json& json, const std::string& part,
                           const std::string& where);

[[noreturn]] void refuse_component(const std::string& type, const std::string& part,
                                   const std::string& where);

// Throws DataError unless `key` is absent, null or `neutral`, a JSON value: a setting that changes
// ids and is not supported.
void refuse_setting(const nlohmann::json& json, const char* key, const char* neutral,
                    const std::string& part, const std::string& where);

// {"String": "..."} or {"Regex": "..."}.
TextPattern pattern_from(const nlohmann::json& json, const std::string& where);

}  // namespace dovetail
