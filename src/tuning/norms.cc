// SPDX-License-Identifier: Apache-2.0
#include "tuning/own_weights.h"

namespace dovetail {

Tuning norms() {
  return {{"norms", "Qi et al. 2022 (LN-tuning): the scales of the layer norms alone"},
          [](T5Model& model, const nlohmann::json&, uint64_t, const SoftTokenPlan&) {
            return train_own_weights(
                model, [](const std::string& name) { return name.ends_with("layer_norm.weight"); });
          }};
}

}  // namespace dovetail
