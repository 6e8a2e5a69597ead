// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>

#include "tuning/adapter_config.h"

namespace dovetail {

// The file beside a prompt of ours with the names of its rows.
inline constexpr const char* kSoftTokensFile = "dovetail_soft_tokens.json";

// The vectors [K, D] of a PROMPT_TUNING or P_TUNING adapter: the first num_virtual_tokens rows of
// its file (for P_TUNING, PEFT stores what the prompt encoder made).
// With num_transformer_submodules 2, PEFT stores as many rows again for the decoder and uses them
// nowhere; a line of the log says so. Throws ConfigError or DataError for a folder without such an
// adapter, for another width than d_model, and for a number of rows that does not fit.
at::Tensor read_prompt_vectors(const std::filesystem::path& folder, const AdapterConfig& config,
                               int64_t d_model);

// The same for an adapter that PEFT 0.21.2 puts before the encoder's input, vectors first. Throws
// ConfigError as well for another task_type than SEQ_2_SEQ_LM, and for a prompt of our own, whose
// place is its template's.
at::Tensor read_leading_prompt(const std::filesystem::path& folder, const AdapterConfig& config,
                               int64_t d_model);

}  // namespace dovetail
