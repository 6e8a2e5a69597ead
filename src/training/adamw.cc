// SPDX-License-Identifier: Apache-2.0
#include <c10/core/GradMode.h>
#include <cmath>

#include "kernels/optimizer_cpu.h"
#include "training/optimizer.h"

namespace dovetail {

using at::Tensor;

namespace {

class AdamW final : public Optimizer {
 public:
  AdamW(const OptimizerSettings& settings, NamedTensors trained, const NamedTensors& all)
      : beta1_(settings.parameters.at("beta1").get<float>()),
        beta2_(settings.parameters.at("beta2").get<float>()),
        epsilon_(settings.parameters.at("epsilon").get<float>()),
        weight_decay_(settings.weight_decay),
        scale_(settings.parameters.at("rms_scaling").get<bool>(), trained, all),
        trained_(std::move(trained)) {
    for (const auto& [name, tensor] : trained_) {
      first_.push_back(zero_state(tensor));
      second_.push_back(zero_state(tensor));
    }
  }

  void step(double learning_rate, double gradient_scale) override {
    const at::NoGradGuard no_grad;
    ++num_steps_;
    AdamWStep step{};
    step.beta1 = beta1_;
    step.beta2 = beta2_;
    step.epsilon = epsilon_;
    step.weight_decay = static_cast<float>(weight_decay_);
    step.correction1 = static_cast<float>(1 - std::pow(beta1_, num_steps_));
    step.correction2 = static_cast<float>(1 - std::pow(beta2_, num_steps_));
    step.gradient_scale = static_cast<float>(gradient_scale);
    for (size_t i = 0; i < trained_.size(); ++i) {
      const Tensor& tensor = trained_[i].second;
      if (!tensor.grad().defined()) continue;
      step.learning_rate = static_cast<float>(learning_rate * scale_.of(i, tensor));
      suits_kernels(tensor) ? fast(i, step) : plain(i, step);
    }
  }

  std::vector<Tensor> state() override {
    std::vector<Tensor> all = first_;
    all.insert(all.end(), second_.begin(), second_.end());
    return all;
  }

  void set_num_steps(int64_t steps) override { num_steps_ = steps; }

 private:
  void fast(size_t i, const AdamWStep& step) {
    const Tensor& tensor = trained_[i].second;
    const Tensor gradient = tensor.grad().contiguous();
    float *values = tensor.data_ptr<float>(), *first = first_[i].data_ptr<float>();
    float* second = second_[i].data_ptr<float>();
    const float* g = gradient.const_data_ptr<float>();
    for_stretches(tensor.numel(), [&](int64_t begin, int64_t end) {
      adamw_update(values + begin, g + begin, first + begin, second + begin, end - begin, step);
    });
  }

  void plain(size_t i, const AdamWStep& step) {
    Tensor &tensor = trained_[i].second, &first = first_[i], &second = second_[i];
    const Tensor gradient = tensor.grad().to(first.scalar_type()) * step.gradient_scale;
    first.mul_(step.beta1).add_(gradient, 1 - step.beta1);
    second.mul_(step.beta2).addcmul_(gradient, gradient, 1 - step.beta2);
    const Tensor divisor = (second / step.correction2).sqrt_().add_(step.epsilon);
    tensor.copy_(tensor.to(first.scalar_type())
                     .mul(1 - step.learning_rate * step.weight_decay)
                     .addcdiv_(first, divisor, -step.learning_rate / step.correction1));
  }

  float beta1_, beta2_, epsilon_;
  double weight_decay_;
  ParameterScale scale_;
  NamedTensors trained_;
  std::vector<Tensor> first_, second_;
  int64_t num_steps_ = 0;
};

}  // namespace

// rms_scaling: each tensor's step is times max(1e-3, RMS of the tensor), as nanoT5 does (without it
// small T5s were seen not to learn). Unlike there, a tensor that starts at zero is not scaled.
OptimizerKind adamw() {
  return {
      {"adamw",
       "Loshchilov and Hutter 2019; rms_scaling: Nawrot 2023 (nanoT5)",
       {{"beta1", 0.9, "decay of the first moment", from_up_to(0, 1)},
        {"beta2", 0.999, "decay of the second moment", from_up_to(0, 1)},
        {"epsilon", 1e-8, "added to the root of the second moment", from_up_to(0, 1)},
        {"rms_scaling", false,
         "whether a tensor's step is scaled by its root mean square (1 where it starts at zero)"}}},
      [](const OptimizerSettings& settings, NamedTensors trained, const NamedTensors& all) {
        return std::make_unique<AdamW>(settings, std::move(trained), all);
      }};
}

}  // namespace dovetail
