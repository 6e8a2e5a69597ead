// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <functional>

namespace dovetail {

// While this lives, it is told of each weight of a product whose gradient the backward pass in this
// thread has just completed, so that something can be done with it while the pass goes on. Weights
// that are used more than once, and small ones, are not told of: they are complete when the pass is.
class GradientListener {
 public:
  using Heard = std::function<void(const torch::Tensor& parameter)>;
  explicit GradientListener(Heard heard);
  ~GradientListener();
  GradientListener(const GradientListener&) = delete;

  static void tell(const torch::Tensor& parameter);   // for the kernels

 private:
  Heard heard_;
};

}  // namespace dovetail
