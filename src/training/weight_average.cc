// SPDX-License-Identifier: Apache-2.0
#include "training/weight_average.h"

#include <c10/core/GradMode.h>
#include <algorithm>

namespace dovetail {

using at::Tensor;

WeightAverage::WeightAverage(double decay, NamedTensors trained)
    : decay_(decay), trained_(std::move(trained)) {
  for (const auto& [name, tensor] : trained_) {
    averages_.push_back(tensor.detach().to(at::kFloat, /*non_blocking=*/false, /*copy=*/true));
  }
}

void WeightAverage::update(int64_t step) {
  const at::NoGradGuard no_grad;
  const double steps = static_cast<double>(step);
  const double decay = std::min(decay_, (1 + steps) / (10 + steps));
  for (size_t i = 0; i < trained_.size(); ++i) {
    averages_[i].lerp_(trained_[i].second.to(at::kFloat), 1 - decay);
  }
}

void WeightAverage::swap() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < trained_.size(); ++i) {
    // exchanges values instead of storage, because views may share it
    Tensor& tensor = trained_[i].second;
    const Tensor values = tensor.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
    tensor.copy_(averages_[i]);
    averages_[i].copy_(values);
  }
}

}  // namespace dovetail
