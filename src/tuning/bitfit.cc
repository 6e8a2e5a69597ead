// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros.h>

#include "tuning/adapter_config.h"
#include "tuning/around_frozen.h"

namespace dovetail {

namespace {

// A T5 has no biases: each linear layer of a block gets one of zeros, as Karimi Mahabadi et al.
// (2021) did to compare BitFit on T5.
class BitFit final : public AroundFrozen {
 public:
  explicit BitFit(T5Model& model) : AroundFrozen(model) {
    for (const LinearLayer& layer : linear_layers(model)) {
      WeightAddition addition;
      addition.bias_N = add_trained(layer.module + ".bias", at::zeros({layer.weight_NK.size(0)}));
      model.set_addition(layer.weight_name(), addition);
    }
  }

 protected:
  nlohmann::json config() const override { return own_config("bitfit", nlohmann::json::object()); }
};

}  // namespace

Tuning bitfit() {
  return {{.name = "bitfit",
           .paper = "Ben Zaken et al. 2022; on T5 as in Karimi Mahabadi et al. 2021 (Compacter)",
           .parameters = with_saved_start({}),
           .starts_from = {kOwnType},
           .keeps_weights = always_keeps_weights},
          [](T5Model& model, const nlohmann::json&, uint64_t, const SoftTokenPlan&) {
            return std::make_unique<BitFit>(model);
          }};
}

}  // namespace dovetail
