// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/t5.h"
#include "tuning/prompt_adapter.h"

namespace dovetail {

// Writes adapter_config.json and adapter_model.safetensors, as PEFT reads them. `config` holds the
// keys of the method; the keys that PEFT requires of every adapter are added.
void save_adapter(const std::filesystem::path& folder, nlohmann::json config,
                  const NamedTensors& tensors, const std::string& task_type = "SEQ_2_SEQ_LM");

// PEFT's word for what the model does: SEQ_2_SEQ_LM, or CAUSAL_LM without an encoder.
std::string task_type_of(const T5Model& model);

// Loads an adapter in PEFT's layout, saved by Dovetail or PEFT, so that the model computes what
// PEFT 0.21.2 computes with it. A soft prompt is returned, and one of PEFT's stands before the
// encoder's input; every other kind acts on the model. Throws ConfigError for a folder without an
// adapter, another kind of adapter, and a setting that changes results and is not supported;
// DataError for tensors that do not match the model or the settings.
PromptAdapter load_adapter(const std::filesystem::path& folder, T5Model& model);

}  // namespace dovetail
