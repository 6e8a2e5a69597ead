// SPDX-License-Identifier: Apache-2.0
#include "tuning/own_weights.h"

#include "model/checkpoints/checkpoint.h"

namespace dovetail {

namespace {

class OwnWeights final : public TuningMethod {
 public:
  OwnWeights(T5Model& model, const std::function<bool(const std::string&)>& chosen)
      : model_(model) {
    for (auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
      tensor.requires_grad_(chosen(name));
      if (tensor.requires_grad()) trained_.emplace_back(name, tensor);
    }
  }

  NamedTensors trainable() override { return trained_; }
  at::Tensor embed(const at::Tensor& ids_BS) override { return model_.embed(ids_BS); }
  void save(const std::filesystem::path& folder) const override {
    save_checkpoint(folder, model_.config(), model_.weights());
  }

 private:
  T5Model& model_;
  NamedTensors trained_;
};

}  // namespace

std::unique_ptr<TuningMethod> train_own_weights(
    T5Model& model, const std::function<bool(const std::string& name)>& chosen) {
  return std::make_unique<OwnWeights>(model, chosen);
}

}  // namespace dovetail
