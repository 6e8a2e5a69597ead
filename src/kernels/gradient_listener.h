// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace dovetail {

// Hooks into the backward pass of this thread while it lives. One hook is called with each weight
// of a linear() as soon as its gradient is complete, so that its all-reduce can start while the
// pass goes on. The other chooses the memory that such gradients are written to. Weights that are
// used more than once, and small ones, are complete only when the pass is; no hook is called for
// them.
class GradientListener {
 public:
  using OnComplete = std::function<void(const at::Tensor& parameter)>;
  // Memory for the stacked gradients of float32 matrices [N_i, K]; null: anywhere.
  using Buffer = std::function<float*(const std::vector<at::Tensor>& parameters)>;
  // At most one listener may live in a thread.
  GradientListener(OnComplete on_complete, Buffer buffer);
  ~GradientListener();
  GradientListener(const GradientListener&) = delete;

  // For the kernels.
  static void notify(const at::Tensor& parameter);
  // An uninitialised gradient [sum of N_i, K] for these matrices.
  static at::Tensor new_gradient(const std::vector<at::Tensor>& parameters,
                                 const at::TensorOptions& options);

 private:
  OnComplete on_complete_;
  Buffer buffer_;
};

}  // namespace dovetail
