// SPDX-License-Identifier: Apache-2.0
#include "tuning/own_weights.h"

#include "model/checkpoints/checkpoint.h"

namespace dovetail {

OwnWeights::OwnWeights(T5Model& model, const std::function<bool(const std::string& name)>& chosen)
    : model_(model) {
  for (auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    tensor.requires_grad_(chosen(name));
    if (tensor.requires_grad()) trained_.emplace_back(name, tensor);
  }
}

void OwnWeights::save(const std::filesystem::path& folder) const {
  save_checkpoint(folder, model_.config(), model_.weights());
}

}  // namespace dovetail
