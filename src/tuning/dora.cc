// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "tuning/low_rank_update.h"

namespace dovetail {

namespace {

void check_dora(const nlohmann::json& parameters) {
  check_low_rank("dora", parameters);
  if (parameters.at("init_lora_weights") == "default") return;
  throw ConfigError(
      "dora: init_lora_weights must be \"default\": its magnitudes are the lengths of the weight's "
      "rows, from which the other starts would take parts");
}

}  // namespace

Tuning dora() {
  return {
      {.name = "dora",
       .paper = "Liu et al. 2024 (ICML); parameters as in PEFT's LoraConfig with use_dora",
       .parameters = low_rank_parameters(),
       .starts_from = {"LORA"},
       .keeps_weights = low_rank_keeps_weights,
       .check = check_dora},
      [](T5Model& model, const nlohmann::json& parameters, uint64_t seed, const SoftTokenPlan&) {
        return make_low_rank("dora", model, parameters, seed, /*use_dora=*/true);
      }};
}

}  // namespace dovetail
