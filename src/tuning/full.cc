// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/checkpoint.h"
#include "tuning/tuning_method.h"

namespace dovetail {

namespace {

class Full final : public TuningMethod {
 public:
  explicit Full(T5Model& model) : model_(model) {}

  NamedTensors trainable() override {
    NamedTensors named = named_tensors(model_.config(), model_.weights());
    for (auto& [name, tensor] : named) tensor.requires_grad_(true);
    return named;
  }

  at::Tensor embed(const at::Tensor& ids_BS) override { return model_.embed(ids_BS); }

  void save(const std::filesystem::path& folder) const override {
    save_checkpoint(folder, model_.config(), model_.weights());
  }

 private:
  T5Model& model_;
};

}  // namespace

Tuning full() {
  return {{"full", "Raffel et al. 2020, sec. 3.5.3 (fine-tuning all parameters)"},
          [](T5Model& model, const nlohmann::json&, uint64_t, const SoftTokenPlan&) {
            return std::make_unique<Full>(model);
          }};
}

}  // namespace dovetail
