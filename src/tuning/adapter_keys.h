// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/foreign_json.h"

namespace dovetail {

// Every key of adapter_config.json that PEFT 0.21.2 or an older release writes, and what it does
// here, by the kinds of adapter that are read.
const ForeignFile& lora_adapter_file();    // peft_type LORA
const ForeignFile& prompt_adapter_file();  // peft_type PROMPT_TUNING, P_TUNING

}  // namespace dovetail
