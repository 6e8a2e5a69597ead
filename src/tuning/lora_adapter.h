// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "model/t5.h"
#include "tuning/adapter_config.h"

namespace dovetail {

// Puts a LoRA or DoRA adapter onto the model: low-rank additions, and for DoRA, PiSSA and OLoRA
// changed weights, so that the model computes what PEFT 0.21.2 computes with it. Other tensors that
// the file holds under names of the model (saved embeddings) replace the model's. Throws
// ConfigError for settings that are not supported, and DataError for tensors that match neither the
// model nor the settings.
void load_lora_adapter(const std::filesystem::path& folder, const AdapterConfig& config,
                       T5Model& model);

}  // namespace dovetail
