// SPDX-License-Identifier: Apache-2.0
#include "tuning/low_rank_update.h"

namespace dovetail {

Tuning lora() {
  return {
      {.name = "lora",
       .paper = "Hu et al. 2021; parameters as in PEFT's LoraConfig",
       .parameters = low_rank_parameters(),
       .starts_from = {"LORA"},
       .keeps_weights = low_rank_keeps_weights,
       .check = [](const nlohmann::json& parameters) { check_low_rank("lora", parameters); }},
      [](T5Model& model, const nlohmann::json& parameters, uint64_t seed, const SoftTokenPlan&) {
        return make_low_rank("lora", model, parameters, seed, /*use_dora=*/false);
      }};
}

}  // namespace dovetail
