// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/t5.h"

namespace dovetail {

// Writes adapter_config.json and adapter_model.safetensors, as PEFT reads them. `config` holds the
// keys of the method; the keys that PEFT requires of every adapter are added.
void save_adapter(const std::filesystem::path& folder, nlohmann::json config,
                  const NamedTensors& tensors);

// Loads a LoRA adapter in PEFT's layout into the model, saved by Dovetail or PEFT. Throws
// ConfigError for a folder without an adapter or with another kind of adapter, and DataError for
// tensors that do not match the model.
void load_adapter(const std::filesystem::path& folder, T5Model& model);

}  // namespace dovetail
