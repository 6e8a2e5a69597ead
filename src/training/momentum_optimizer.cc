// SPDX-License-Identifier: Apache-2.0
#include "training/momentum_optimizer.h"

#include <c10/core/GradMode.h>

namespace dovetail {

using at::Tensor;

MomentumOptimizer::MomentumOptimizer(NamedTensors trained, bool has_moments)
    : trained_(std::move(trained)) {
  if (!has_moments) return;
  for (const auto& [name, tensor] : trained_) moments_.push_back(zero_state(tensor));
}

void MomentumOptimizer::step(double learning_rate, double gradient_scale) {
  const at::NoGradGuard no_grad;
  begin_step(static_cast<float>(learning_rate), static_cast<float>(gradient_scale));
  for (size_t i = 0; i < trained_.size(); ++i) {
    Tensor& tensor = trained_[i].second;
    if (!tensor.grad().defined()) continue;
    Tensor* moment = moments_.empty() ? nullptr : &moments_[i];
    suits_kernels(tensor) ? step_on_cpu(tensor, moment) : update_plain(tensor, moment);
  }
}

void MomentumOptimizer::step_on_cpu(const Tensor& tensor, Tensor* moment) {
  const Tensor gradient = tensor.grad().contiguous();
  const float* g = gradient.const_data_ptr<float>();
  float* values = tensor.data_ptr<float>();
  float* m = moment ? moment->data_ptr<float>() : nullptr;
  for_stretches(tensor.numel(), [&](int64_t begin, int64_t end) {
    update_cpu(values + begin, g + begin, m ? m + begin : nullptr, end - begin);
  });
}

}  // namespace dovetail
