// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tuning/tuning.h"

namespace dovetail {

// The peft_type of a soft prompt that PEFT has no place for. PEFT refuses it.
inline constexpr const char* kOwnPromptType = "DOVETAIL_SOFT_PROMPT";

// That of any other adapter that PEFT has no form for: "tuning" and "parameters" make it again.
inline constexpr const char* kOwnType = "DOVETAIL";

// adapter_config.json of an adapter as PEFT saves it.
struct AdapterConfig {
  std::filesystem::path file;
  std::string peft_type;  // LORA, PROMPT_TUNING, kOwnType, ...: see adapter_file()
  // In the file's order, because the first pattern of rank_pattern that matches decides.
  nlohmann::ordered_json json;

  bool is_prompt() const {
    return peft_type == "PROMPT_TUNING" || peft_type == "P_TUNING" || peft_type == kOwnPromptType;
  }
  // A key's value; null where it is missing.
  nlohmann::ordered_json value(const char* key) const;
};

// Whether a folder holds an adapter and not a whole model.
bool is_adapter(const std::filesystem::path& folder);

// Reads and checks the keys, and notes unknown ones. Throws ConfigError for a folder without an
// adapter, another kind of adapter, and a key that changes results and is not supported; DataError
// for a file that is no JSON.
AdapterConfig read_adapter_config(const std::filesystem::path& folder);

// Throws ConfigError where the tuning cannot start from that adapter.
void check_saved_start(const TuningEntry& tuning, const AdapterConfig& config);

}  // namespace dovetail
