// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tuning/adapter_config.h"
#include "tuning/prompt_places.h"

namespace dovetail {

// The file beside a prompt of ours with the names and places of its tokens.
inline constexpr const char* kSoftTokensFile = "dovetail_soft_tokens.json";

// A soft prompt as its folder holds it.
struct PromptAdapter {
  at::Tensor table_KD = {};               // one row a token; undefined: no prompt
  std::vector<std::string> names = {};    // of the tokens; empty for a prompt of PEFT's
  std::vector<SourcePart> source = {};    // their places; empty: they differ from source to source
  std::filesystem::path names_file = {};  // of a prompt of ours

  int64_t size() const { return table_KD.defined() ? table_KD.size(0) : 0; }
  bool is_own() const { return !names_file.empty(); }
};

// A PROMPT_TUNING or P_TUNING adapter of PEFT's, or a soft prompt of ours. The vectors are the
// first num_virtual_tokens rows of its file (for P_TUNING, PEFT stores what the prompt encoder
// made), without those of a text that ours has in front of them. With num_transformer_submodules 2,
// PEFT stores as many rows again for the decoder and uses them nowhere; a line of the log says so.
// Throws ConfigError or DataError for a folder without such an adapter, for another width than
// d_model, and for a number of rows that does not fit.
PromptAdapter read_prompt(const std::filesystem::path& folder, const AdapterConfig& config,
                          int64_t d_model);

// The same for use as it was tuned. Throws ConfigError as well for another task_type than
// SEQ_2_SEQ_LM, with which PEFT puts its prompt elsewhere, and for a prompt of ours whose folder
// does not say where it stands.
PromptAdapter read_placed_prompt(const std::filesystem::path& folder, const AdapterConfig& config,
                                 int64_t d_model);

}  // namespace dovetail
