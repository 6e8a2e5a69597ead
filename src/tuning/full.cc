// SPDX-License-Identifier: Apache-2.0
#include "tuning/own_weights.h"

namespace dovetail {

Tuning full() {
  return {{"full", "Raffel et al. 2020, sec. 3.5.3 (fine-tuning all parameters)"},
          [](T5Model& model, const nlohmann::json&, uint64_t, const SoftTokenPlan&) {
            return std::make_unique<OwnWeights>(model, [](const std::string&) { return true; });
          }};
}

}  // namespace dovetail
