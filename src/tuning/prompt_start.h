// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "model/t5.h"
#include "tuning/tuning_method.h"

// Shape suffixes: K soft tokens, D d_model.
namespace dovetail {

struct PromptStart {
  at::Tensor table_KD;
  nlohmann::json notes;  // the sources of the vectors, and their numbers of tokens
};

// The initial vectors of soft tokens, chosen by the parameter "initialization":
//   sampled_vocabulary  other rows of the first 5,000 pieces, special ids left out
//                       (Lester et al. 2021, sec. 3.2)
//   random_uniform      uniform on [-0.5, 0.5]
//   random_normal       N(0, 1)
//   words               the mean embedding of the word in the token's name; a token without a word
//                       starts as in sampled_vocabulary
//   saved               the vectors of a saved prompt ("initialization_folder"), matched by name,
//                       or by position where no name matches and the counts agree
// Throws ConfigError for another value, or a folder without a prompt of this width.
PromptStart start_vectors(const T5Model& model, const SoftTokenPlan& plan,
                          const nlohmann::json& parameters, uint64_t seed);

// The given plan or, where it is empty, one of num_virtual_tokens tokens P0, P1, ... before the
// input.
SoftTokenPlan plan_or_default(SoftTokenPlan given, const nlohmann::json& parameters);

// The allowed values of initialization.
const std::vector<std::string>& prompt_initializations();

}  // namespace dovetail
