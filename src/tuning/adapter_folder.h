// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/t5.h"

namespace dovetail {

// Writes adapter_config.json and adapter_model.safetensors for PEFT. `config` has the keys of the
// method; the keys that PEFT needs in every adapter are added.
void save_adapter(const std::filesystem::path& folder, nlohmann::json config,
                  const NamedTensors& tensors);

// Adds a LoRA adapter in PEFT's layout to the model, saved by save_adapter() or by PEFT. Throws
// ConfigError for a folder without an adapter or with another kind, DataError for tensors that do
// not fit the model.
void load_adapter(const std::filesystem::path& folder, T5Model& model);

}  // namespace dovetail
