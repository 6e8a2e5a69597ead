// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tuning/tuning_method.h"

namespace dovetail {

// LoRA and its kin: low-rank updates of the linear layers that `parameters` names. The parameters,
// as in PEFT's LoraConfig: r, lora_alpha, lora_dropout, target_modules, use_rslora,
// init_lora_weights.
Parameters low_rank_parameters();
// Of lora and dora; see TuningEntry.
bool low_rank_keeps_weights(const nlohmann::json& parameters);
void check_low_rank(const std::string& tuning, const nlohmann::json& parameters);
// `use_dora`: with DoRA's magnitudes.
std::unique_ptr<TuningMethod> make_low_rank(const std::string& tuning, T5Model& model,
                                            const nlohmann::json& parameters, uint64_t seed,
                                            bool use_dora);

}  // namespace dovetail
