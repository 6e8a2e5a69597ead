// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>

#include "model/config.h"

namespace dovetail {

// Whether a model_type is one of the decoder-only networks here: llama, gpt2.
bool is_causal_type(const std::string& model_type);

// Reads the config.json of a decoder-only model, under the names and with the defaults of
// transformers' LlamaConfig and GPT2Config. ConfigError for a missing key, a value out of range,
// and whatever changes results and is not supported: scaled rotary positions, other activations.
T5Config causal_config_from(const nlohmann::json& json);

// The config.json of a causal config, under the names of its model_type.
nlohmann::json causal_config_json(const T5Config& config);

}  // namespace dovetail
