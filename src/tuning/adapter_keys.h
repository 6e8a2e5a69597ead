// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/foreign_json.h"

namespace dovetail {

// Every key of adapter_config.json that PEFT 0.21.2 or an older release writes, and what it does
// here, by the kinds of adapter that are read.
const std::vector<ForeignFile>& adapter_files();

// The file of a peft_type, DOVETAIL's own among them; null for a kind that is not read.
const ForeignFile* adapter_file(const std::string& peft_type);
// PEFT's kinds that are read: LORA, PROMPT_TUNING, ...
std::vector<std::string> adapter_kinds();

}  // namespace dovetail
