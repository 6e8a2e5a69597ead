// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout_bits.h"

namespace dovetail {

// T5's layer norm: x / sqrt(mean(x^2) + epsilon) * weight over the last dimension, without mean
// and bias (Zhang and Sennrich 2019; Raffel et al. 2020, sec. 2.1). Differentiable in both.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight_D, double epsilon);

// The seam between two sublayers: hidden = residual + dropout(x), and its norm by the weight of the
// sublayer that follows. Without x (undefined: where a stack begins) hidden is residual. One pass
// forward and one backward for float32 on the CPU; LibTorch's own operations elsewhere.
struct AddNormOutput {
  at::Tensor hidden, normed;
};
AddNormOutput add_norm(const at::Tensor& residual, const at::Tensor& x, const at::Tensor& weight_D,
                       double epsilon, const Dropout& settings);

// The same in LibTorch's own operations: what the fast ones are tested against.
at::Tensor rms_norm_reference(const at::Tensor& x, const at::Tensor& weight_D, double epsilon);

}  // namespace dovetail
