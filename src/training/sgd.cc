// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "kernels/optimizer_cpu.h"
#include "training/momentum_optimizer.h"

namespace dovetail {

using at::Tensor;

namespace {

class Sgd final : public MomentumOptimizer {
 public:
  Sgd(const OptimizerSettings& settings, NamedTensors trained)
      : MomentumOptimizer(std::move(trained),
                          settings.parameters.at("momentum").get<float>() != 0) {
    step_.momentum = settings.parameters.at("momentum").get<float>();
    step_.nesterov = settings.parameters.at("nesterov").get<bool>();
    step_.weight_decay = static_cast<float>(settings.weight_decay);
  }

 private:
  void begin_step(float learning_rate, float gradient_scale) override {
    step_.learning_rate = learning_rate;
    step_.gradient_scale = gradient_scale;
  }

  void update_cpu(float* values, const float* gradient, float* moment, int64_t count) override {
    sgd_update(values, gradient, moment, count, step_);
  }

  void update_plain(Tensor& tensor, Tensor* velocity) override {
    const auto type = tensor.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const Tensor values = tensor.to(type);
    Tensor move = tensor.grad().to(type) * step_.gradient_scale + values * step_.weight_decay;
    if (velocity) {
      velocity->mul_(step_.momentum).add_(move);
      move = step_.nesterov ? move + *velocity * step_.momentum : *velocity;
    }
    tensor.copy_(values - move * step_.learning_rate);
  }

  SgdStep step_{};
};

void check_nesterov(const nlohmann::json& parameters) {
  if (parameters.at("nesterov").get<bool>() && parameters.at("momentum").get<double>() == 0) {
    throw_<ConfigError>("sgd: nesterov = true needs a momentum above 0; give one, such as 0.9");
  }
}

}  // namespace

// weight_decay is added to the gradient, as in torch.optim.SGD. With momentum this differs from
// decoupled weight decay.
OptimizerKind sgd() {
  return {{"sgd",
           "Sutskever et al. 2013 (momentum, Nesterov); weight decay within the gradient",
           {{"momentum", 0.0, "decay of the velocity; 0: none", from_up_to(0, 1)},
            {"nesterov", false, "whether a step looks ahead along the velocity"}},
           check_nesterov},
          [](const OptimizerSettings& settings, NamedTensors trained, const NamedTensors&) {
            return std::make_unique<Sgd>(settings, std::move(trained));
          }};
}

}  // namespace dovetail
