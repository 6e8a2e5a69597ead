// SPDX-License-Identifier: Apache-2.0
#include <c10/core/GradMode.h>

#include "base/error.h"
#include "kernels/optimizer_cpu.h"
#include "training/optimizer.h"

namespace dovetail {

using at::Tensor;

namespace {

class Sgd final : public Optimizer {
 public:
  Sgd(const OptimizerSettings& settings, NamedTensors trained) : trained_(std::move(trained)) {
    step_.momentum = settings.parameters.at("momentum").get<float>();
    step_.nesterov = settings.parameters.at("nesterov").get<bool>();
    step_.weight_decay = static_cast<float>(settings.weight_decay);
    if (step_.momentum == 0) return;
    for (const auto& [name, tensor] : trained_) velocity_.push_back(zero_state(tensor));
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

  std::vector<Tensor> state() override { return velocity_; }
  void set_num_steps(int64_t) override {}  // no step differs from another

 private:
  void fast(size_t i) {
    const Tensor& tensor = trained_[i].second;
    const Tensor gradient = tensor.grad().contiguous();
    float* values = tensor.data_ptr<float>();
    const float* g = gradient.const_data_ptr<float>();
    float* velocity = velocity_.empty() ? nullptr : velocity_[i].data_ptr<float>();
    for_stretches(tensor.numel(), [&](int64_t begin, int64_t end) {
      sgd_update(values + begin, g + begin, velocity ? velocity + begin : nullptr, end - begin,
                 step_);
    });
  }

  void plain(size_t i) {
    Tensor& tensor = trained_[i].second;
    const auto type = tensor.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const Tensor values = tensor.to(type);
    Tensor move = tensor.grad().to(type) * step_.gradient_scale + values * step_.weight_decay;
    if (!velocity_.empty()) {
      velocity_[i].mul_(step_.momentum).add_(move);
      move = step_.nesterov ? move + velocity_[i] * step_.momentum : velocity_[i];
    }
    tensor.copy_(values - move * step_.learning_rate);
  }

  SgdStep step_{};
  NamedTensors trained_;
  std::vector<Tensor> velocity_;  // none without momentum
};

void check(const nlohmann::json& parameters) {
  check_parameter("sgd", parameters, "momentum", 0, 1);
  if (parameters.at("nesterov").get<bool>() && parameters.at("momentum").get<double>() == 0) {
    throw_<ConfigError>("sgd: nesterov = true needs a momentum above 0; give one, such as 0.9");
  }
}

}  // namespace

// weight_decay is added to the gradient, as in torch.optim.SGD: with momentum the two ways differ.
OptimizerKind sgd() {
  return {{"sgd",
           "Sutskever et al. 2013 (momentum, Nesterov); weight decay within the gradient",
           {{"momentum", 0.0}, {"nesterov", false}},
           check},
          [](const OptimizerSettings& settings, NamedTensors trained) {
            return std::make_unique<Sgd>(settings, std::move(trained));
          }};
}

}  // namespace dovetail
