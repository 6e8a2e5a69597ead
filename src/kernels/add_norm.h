// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout_bits.h"

// Shape suffixes: R rows (any leading dimensions), D d_model.
namespace dovetail {

// T5's layer norm (RMSNorm): x / sqrt(mean(x^2) + epsilon) * weight over the last dimension,
// without mean and bias (Zhang and Sennrich 2019; Raffel et al. 2020, sec. 2.1). Differentiable in
// x and weight.
at::Tensor rms_norm(const at::Tensor& x_RD, const at::Tensor& weight_D, double epsilon);

// The residual stream between two sublayers, and its norm.
struct AddNormOutput {
  at::Tensor hidden_RD, normed_RD;
};

// hidden = residual + dropout(x), and normed = rms_norm(hidden, weight), where `weight_D` belongs
// to the sublayer that follows. An undefined x (at the start of a stack) makes hidden the residual.
// Float32 on the CPU takes one pass forward and one backward; LibTorch's operations serve the rest.
AddNormOutput add_norm(const at::Tensor& residual_RD, const at::Tensor& x_RD,
                       const at::Tensor& weight_D, double epsilon, const Dropout& settings);

// The reference of rms_norm, in LibTorch's operations.
at::Tensor rms_norm_reference(const at::Tensor& x_RD, const at::Tensor& weight_D, double epsilon);

}  // namespace dovetail
