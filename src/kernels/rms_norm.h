// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

namespace dovetail {

// T5's layer norm: x / sqrt(mean(x^2) + epsilon) * weight over the last dimension, without mean
// and bias (Zhang and Sennrich 2019). Differentiable in both. Float32 on the CPU runs as one pass
// forward and one backward; everything else goes through the reference.
torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& weight_D, double epsilon);

// The same in LibTorch's own operations: what the fast one is tested against.
torch::Tensor rms_norm_reference(const torch::Tensor& x, const torch::Tensor& weight_D,
                                 double epsilon);

}  // namespace dovetail
