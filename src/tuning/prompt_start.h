// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "model/t5.h"
#include "tuning/tuning_method.h"

namespace dovetail {

struct PromptStart {
  at::Tensor table_KD;
  nlohmann::json notes;  // how the vectors were made, and how many of them in each way
};

// The vectors at the start of training, by the parameter "initialization":
//   sampled_vocabulary  different embeddings among the first 5,000 pieces, without special ids
//                       (Lester et al. 2021, sec. 3.2)
//   random_uniform      uniform on [-0.5, 0.5]
//   random_normal       N(0, 1)
//   words               the mean embedding of the word in the token's name; a token without a word
//                       starts as in sampled_vocabulary
//   saved               the vectors of a saved prompt ("initialization_folder"), matched by name,
//                       or by position where no name matches and the counts agree
// ConfigError for another name, or a folder without a prompt of this width.
PromptStart start_vectors(const T5Model& model, const SoftTokenPlan& plan,
                          const nlohmann::json& parameters, uint64_t seed);

// The allowed values of initialization.
const std::vector<std::string>& prompt_initializations();

// A file beside the adapter, with the names of a saved prompt's rows.
inline constexpr const char* kSoftTokensFile = "dovetail_soft_tokens.json";

}  // namespace dovetail
