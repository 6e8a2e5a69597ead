// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/t5.h"

namespace dovetail {

// adapter_config.json and adapter_model.safetensors, as PEFT reads them. `config` holds what is
// particular to the method; what PEFT wants of every adapter is added.
void save_adapter(const std::filesystem::path& folder, nlohmann::json config,
                  const NamedTensors& tensors);

// Puts a LoRA adapter in PEFT's layout onto the model: ours, or one that PEFT saved. Throws
// ConfigError for a folder that is none or another kind of adapter, DataError where its tensors do
// not fit.
void load_adapter(const std::filesystem::path& folder, T5Model& model);

}  // namespace dovetail
