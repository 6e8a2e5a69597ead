// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tuning/tuning_method.h"

namespace dovetail {

// Trains the model's own tensors whose published names `chosen` accepts; the others stay as they
// are. Saved as a whole model.
class OwnWeights : public TuningMethod {
 public:
  OwnWeights(T5Model& model, const std::function<bool(const std::string& name)>& chosen);

  NamedTensors trainable() override { return trained_; }
  at::Tensor embed(const at::Tensor& ids_BS) override { return model_.embed(ids_BS); }
  void save(const std::filesystem::path& folder) const override;

 protected:
  T5Model& model_;
  NamedTensors trained_;
};

}  // namespace dovetail
