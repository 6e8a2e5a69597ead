// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "training/optimizer.h"

namespace dovetail {

// An optimizer with at most one moment a tensor, whose steps do not depend on their number.
class MomentumOptimizer : public Optimizer {
 public:
  void step(double learning_rate, double gradient_scale) final;
  std::vector<at::Tensor> state() final { return moments_; }
  void set_num_steps(int64_t) final {}

 protected:
  MomentumOptimizer(NamedTensors trained, bool has_moments);

 private:
  virtual void begin_step(float learning_rate, float gradient_scale) = 0;
  // Updates a part of a float32 tensor on the CPU; `moment` is null without moments.
  virtual void update_cpu(float* values, const float* gradient, float* moment, int64_t count) = 0;
  // The same for a whole tensor of any type and device, whose grad() is defined.
  virtual void update_plain(at::Tensor& tensor, at::Tensor* moment) = 0;

  void step_on_cpu(const at::Tensor& tensor, at::Tensor* moment);

  NamedTensors trained_;
  std::vector<at::Tensor> moments_;  // of the trained tensors' shapes, or none
};

}  // namespace dovetail
