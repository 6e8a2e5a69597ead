// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <vector>

#include "model/weights.h"
#include "plan/settings.h"
#include "training/optimizers.h"

namespace dovetail {

// Updates tensors in place by their gradients. A tensor without a gradient does not change.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // `gradient_scale` multiplies every gradient, for clipping.
  virtual void step(double learning_rate, double gradient_scale) = 0;
  // All tensors needed to resume, in a fixed order. They share memory with the optimizer's.
  virtual std::vector<at::Tensor> state() = 0;
  virtual void set_num_steps(int64_t steps) = 0;
};

// An entry of the catalogue. Contiguous float32 tensors on the CPU go through the kernels, all
// others through LibTorch's operations, with state and sums in float32 (float64 for float64
// tensors).
struct OptimizerKind {
  OptimizerEntry entry;
  // `settings.parameters` is complete: resolve_parameters() made it. `all` are the trained tensors
  // of the whole training, of which `trained` may be a group.
  std::function<std::unique_ptr<Optimizer>(const OptimizerSettings& settings, NamedTensors trained,
                                           const NamedTensors& all)>
      make;
};

// Makes the optimizer that `settings` names; parameters that are not given have their defaults.
// Throws ConfigError for unknown names and parameters out of range.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, NamedTensors trained,
                                          const NamedTensors& all);
std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, NamedTensors trained);

// The global norm of all gradients.
double gradient_norm(const NamedTensors& trained);

// For the optimizers themselves. Tensors are of any shape.
bool suits_kernels(const at::Tensor& tensor);
at::Tensor zero_state(const at::Tensor& tensor);  // zeros of its shape
// What scales each tensor's step where steps are relative to the parameters: its root mean square,
// and at least 1e-3. A tensor that starts at zero (LoRA's B) has no size that a step could be
// relative to, and would hardly leave zero: its steps are of the learning rate itself. So are those
// of its other factor (LoRA's A, an adapter's first matrix), whose size says nothing while the
// product is zero. The tensors are seen as they are when this is made, before any training.
class ParameterScale {
 public:
  ParameterScale(bool scales, const NamedTensors& trained, const NamedTensors& all);
  double of(size_t i, const at::Tensor& tensor) const;

 private:
  std::vector<bool> scaled_;
};
// Calls body(begin, end) for stretches of 0 .. count, on LibTorch's threads.
void for_stretches(int64_t count, const std::function<void(int64_t, int64_t)>& body);

}  // namespace dovetail
