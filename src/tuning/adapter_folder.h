// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/weights.h"

namespace dovetail {

// adapter_config.json and adapter_model.safetensors, as PEFT reads them. `config` holds what is
// particular to the method; what PEFT wants of every adapter is added.
void save_adapter(const std::filesystem::path& folder, nlohmann::json config, const NamedTensors& tensors);

}  // namespace dovetail
