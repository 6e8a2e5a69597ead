// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace dovetail {

// While this lives, it is told of each weight of a product whose gradient the backward pass in this
// thread has just completed, so that something can be done with it while the pass goes on; and it
// may say where such gradients are to be written. Weights that are used more than once, and small
// ones, are not told of: they are complete when the pass is.
class GradientListener {
 public:
  using Heard = std::function<void(const at::Tensor& parameter)>;
  // Memory for the gradients of float32 matrices that stand one below the other; null: anywhere.
  using Home = std::function<float*(const std::vector<at::Tensor>& parameters)>;
  GradientListener(Heard heard, Home home);
  ~GradientListener();
  GradientListener(const GradientListener&) = delete;

  // For the kernels.
  static void tell(const at::Tensor& parameter);
  // Not yet written; like the matrices below each other, of this type.
  static at::Tensor gradient_of(const std::vector<at::Tensor>& parameters,
                                const at::TensorOptions& options);

 private:
  Heard heard_;
  Home home_;
};

}  // namespace dovetail
