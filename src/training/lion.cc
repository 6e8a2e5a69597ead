// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer_cpu.h"
#include "training/momentum_optimizer.h"

namespace dovetail {

using at::Tensor;

namespace {

class Lion final : public MomentumOptimizer {
 public:
  Lion(const OptimizerSettings& settings, NamedTensors trained)
      : MomentumOptimizer(std::move(trained), /*has_moments=*/true) {
    step_.beta1 = settings.parameters.at("beta1").get<float>();
    step_.beta2 = settings.parameters.at("beta2").get<float>();
    step_.weight_decay = static_cast<float>(settings.weight_decay);
  }

 private:
  void begin_step(float learning_rate, float gradient_scale) override {
    step_.learning_rate = learning_rate;
    step_.gradient_scale = gradient_scale;
  }

  void update_cpu(float* values, const float* gradient, float* moment, int64_t count) override {
    lion_update(values, gradient, moment, count, step_);
  }

  void update_plain(Tensor& tensor, Tensor* moment) override {
    Tensor& momentum = *moment;
    const Tensor gradient = tensor.grad().to(momentum.scalar_type()) * step_.gradient_scale;
    const Tensor direction = (momentum * step_.beta1 + gradient * (1 - step_.beta1)).sign();
    const Tensor kept =
        tensor.to(momentum.scalar_type()) * (1 - step_.learning_rate * step_.weight_decay);
    tensor.copy_(kept - direction * step_.learning_rate);
    momentum.mul_(step_.beta2).add_(gradient, 1 - step_.beta2);
  }

  LionStep step_{};
};

}  // namespace

// It moves every weight by the whole rate; the paper recommends a third to a tenth of AdamW's rate.
OptimizerKind lion() {
  return {{"lion",
           "Chen et al. 2023, algorithm 2",
           {{"beta1", 0.9, "share of the momentum in the step's direction", from_up_to(0, 1)},
            {"beta2", 0.99, "decay of the momentum", from_up_to(0, 1)}}},
          [](const OptimizerSettings& settings, NamedTensors trained, const NamedTensors&) {
            return std::make_unique<Lion>(settings, std::move(trained));
          }};
}

}  // namespace dovetail
