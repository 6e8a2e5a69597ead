// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "model/t5.h"
#include "tuning/adapter_config.h"
#include "tuning/prompt_adapter.h"

namespace dovetail {

// Put an adapter folder of the named kind onto the model, so that it computes what PEFT 0.21.2 (or
// the method of Dovetail's that saved it) computes. Throw ConfigError for settings that are not
// supported, and DataError for tensors that do not match the model or the settings.
void load_ia3_adapter(const std::filesystem::path& folder, const AdapterConfig& config,
                      T5Model& model);
void load_vera_adapter(const std::filesystem::path& folder, const AdapterConfig& config,
                       T5Model& model);
void load_prefix_adapter(const std::filesystem::path& folder, const AdapterConfig& config,
                         T5Model& model);
void load_norms_adapter(const std::filesystem::path& folder, const AdapterConfig& config,
                        T5Model& model);
void load_own_adapter(const std::filesystem::path& folder, const AdapterConfig& config,
                      T5Model& model);  // peft_type kOwnType, without soft tokens

// The same for a tuning with soft tokens; its method embeds the sources.
PromptAdapter load_own_prompt(const std::filesystem::path& folder, const AdapterConfig& config,
                              T5Model& model);
bool has_soft_tokens(const AdapterConfig& config);  // of kOwnType

}  // namespace dovetail
