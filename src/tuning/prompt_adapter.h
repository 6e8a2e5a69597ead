// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tuning/adapter_config.h"
#include "tuning/prompt_places.h"

namespace dovetail {

// The file beside a prompt of ours with the names and places of its tokens.
inline constexpr const char* kSoftTokensFile = "dovetail_soft_tokens.json";

class TuningMethod;
struct SoftTokenPlan;

// Writes it: the plan's names and places, and notes of the tuning. `rows_before`: vectors of the
// folder that stand for a text before the tokens.
void write_soft_tokens(const std::filesystem::path& folder, const SoftTokenPlan& plan,
                       const nlohmann::json& notes, int64_t rows_before);

// A soft prompt as its folder holds it.
struct PromptAdapter {
  at::Tensor table_KD = {};               // one row a token; undefined: no prompt
  std::vector<std::string> names = {};    // of the tokens; empty for a prompt of PEFT's
  std::vector<SourcePart> source = {};    // their places; empty: they differ from source to source
  std::filesystem::path names_file = {};  // of a prompt of ours
  // Embeds sources, where the tokens' vectors alone do not say how. Refers to the model.
  std::shared_ptr<TuningMethod> method = {};

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

// The names and places of a folder with kSoftTokensFile, into `prompt`, which has its vectors.
void read_soft_tokens(const std::filesystem::path& folder, PromptAdapter& prompt);

// The same as read_prompt for use as it was tuned. Throws ConfigError as well for another task_type
// than the model's, with which PEFT puts its prompt elsewhere, and for a prompt of ours whose
// folder does not say where it stands.
PromptAdapter read_placed_prompt(const std::filesystem::path& folder, const AdapterConfig& config,
                                 int64_t d_model, const std::string& task_type);

}  // namespace dovetail
