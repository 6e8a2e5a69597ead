// SPDX-License-Identifier: Apache-2.0
#include <c10/core/GradMode.h>

#include "kernels/optimizer_cpu.h"
#include "training/optimizer.h"

namespace dovetail {

using at::Tensor;

namespace {

class Lion final : public Optimizer {
 public:
  Lion(const OptimizerSettings& settings, NamedTensors trained) : trained_(std::move(trained)) {
    step_.beta1 = settings.parameters.at("beta1").get<float>();
    step_.beta2 = settings.parameters.at("beta2").get<float>();
    step_.weight_decay = static_cast<float>(settings.weight_decay);
    for (const auto& [name, tensor] : trained_) momentum_.push_back(zero_state(tensor));
  }

  void step(double learning_rate, double gradient_scale) override {
    const at::NoGradGuard no_grad;
    step_.learning_rate = static_cast<float>(learning_rate);
    step_.gradient_scale = static_cast<float>(gradient_scale);
    for (size_t i = 0; i < trained_.size(); ++i) {
      const Tensor& tensor = trained_[i].second;
      if (!tensor.grad().defined()) continue;
      suits_kernels(tensor) ? fast(i) : plain(i);
    }
  }

  std::vector<Tensor> state() override { return momentum_; }
  void set_num_steps(int64_t) override {}  // no step differs from another

 private:
  void fast(size_t i) {
    const Tensor& tensor = trained_[i].second;
    const Tensor gradient = tensor.grad().contiguous();
    float *values = tensor.data_ptr<float>(), *momentum = momentum_[i].data_ptr<float>();
    const float* g = gradient.const_data_ptr<float>();
    for_stretches(tensor.numel(), [&](int64_t begin, int64_t end) {
      lion_update(values + begin, g + begin, momentum + begin, end - begin, step_);
    });
  }

  void plain(size_t i) {
    Tensor &tensor = trained_[i].second, &momentum = momentum_[i];
    const Tensor gradient = tensor.grad().to(momentum.scalar_type()) * step_.gradient_scale;
    const Tensor direction = (momentum * step_.beta1 + gradient * (1 - step_.beta1)).sign();
    const Tensor kept =
        tensor.to(momentum.scalar_type()) * (1 - step_.learning_rate * step_.weight_decay);
    tensor.copy_(kept - direction * step_.learning_rate);
    momentum.mul_(step_.beta2).add_(gradient, 1 - step_.beta2);
  }

  LionStep step_{};
  NamedTensors trained_;
  std::vector<Tensor> momentum_;
};

void check(const nlohmann::json& parameters) {
  for (const char* beta : {"beta1", "beta2"}) check_parameter("lion", parameters, beta, 0, 1);
}

}  // namespace

// It moves every weight by the whole rate: a third to a tenth of AdamW's rate, says the paper.
OptimizerKind lion() {
  return {{"lion", "Chen et al. 2023, algorithm 2", {{"beta1", 0.9}, {"beta2", 0.99}}, check},
          [](const OptimizerSettings& settings, NamedTensors trained) {
            return std::make_unique<Lion>(settings, std::move(trained));
          }};
}

}  // namespace dovetail
