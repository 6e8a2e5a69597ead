// SPDX-License-Identifier: Apache-2.0
#include "training/optimizer.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "kernels/optimizer_kernels.h"

namespace dovetail {

using torch::Tensor;

namespace {

class AdamW final : public Optimizer {
 public:
  AdamW(const OptimizerSettings& settings, NamedTensors trained)
      : settings_(settings), trained_(std::move(trained)) {
    for (const auto& [name, tensor] : trained_) {
      first_.push_back(torch::zeros_like(tensor));
      second_.push_back(torch::zeros_like(tensor));
    }
  }

  void step(double learning_rate, double gradient_scale) override {
    ++num_steps_;
    AdamWStep step{};
    step.beta1 = kBeta1;
    step.beta2 = kBeta2;
    step.epsilon = 1e-8f;
    step.weight_decay = static_cast<float>(settings_.weight_decay);
    step.correction1 = static_cast<float>(1 - std::pow(kBeta1, num_steps_));
    step.correction2 = static_cast<float>(1 - std::pow(kBeta2, num_steps_));
    step.gradient_scale = static_cast<float>(gradient_scale);
    for (size_t i = 0; i < trained_.size(); ++i) {
      Tensor& tensor = trained_[i].second;
      if (!tensor.grad().defined()) continue;
      const Tensor gradient = tensor.grad().contiguous();
      float* values = tensor.data_ptr<float>();
      step.learning_rate = static_cast<float>(learning_rate * scale_of(values, tensor.numel()));
      adamw_update(values, gradient.const_data_ptr<float>(), first_[i].data_ptr<float>(),
                   second_[i].data_ptr<float>(), tensor.numel(), step);
    }
  }

  std::vector<Tensor> state() override {
    std::vector<Tensor> all = first_;
    all.insert(all.end(), second_.begin(), second_.end());
    return all;
  }

  void set_num_steps(int64_t steps) override { num_steps_ = steps; }

 private:
  static constexpr float kBeta1 = 0.9f, kBeta2 = 0.999f;

  double scale_of(const float* values, int64_t count) const {
    if (!settings_.rms_scaling) return 1;
    return std::max(1e-3, std::sqrt(sum_of_squares(values, count) / static_cast<double>(count)));
  }

  OptimizerSettings settings_;
  NamedTensors trained_;
  std::vector<Tensor> first_, second_;
  int64_t num_steps_ = 0;
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, NamedTensors trained) {
  if (settings.name == "adamw") return std::make_unique<AdamW>(settings, std::move(trained));
  if (settings.name == "adafactor") return make_adafactor(std::move(trained));
  throw_<ConfigError>("unknown optimizer \"{}\"; known: adamw, adafactor", settings.name);
}

double gradient_norm(const NamedTensors& trained) {
  double sum = 0;
  for (const auto& [name, tensor] : trained) {
    if (!tensor.grad().defined()) continue;
    const Tensor gradient = tensor.grad().contiguous();
    sum += sum_of_squares(gradient.const_data_ptr<float>(), gradient.numel());
  }
  return std::sqrt(sum);
}

}  // namespace dovetail
