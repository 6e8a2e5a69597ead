// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/activation_cpu.h"

// Shape suffixes: R rows (any leading dimensions), F the feed-forward's inner width. A gated input
// is 2 F wide: the activation's input, then the factor of its output.
namespace dovetail {

// The inside of T5's feed-forward: dropout(relu(x)), or dropout(act(x_F) * x_2F) of a gated x.
// x_RF is [..., F] (gated: [..., 2 F]); the result is [..., F]. Differentiable. The fast path
// (float32, CPU) overwrites a relu's input: pass the result of a matmul that nothing else holds.
at::Tensor feed_forward_activation(const at::Tensor& x_RF, Activation activation,
                                   const Dropout& settings);

// The reference: the same in LibTorch's operations. It overwrites nothing.
at::Tensor feed_forward_activation_reference(const at::Tensor& x_RF, Activation activation,
                                             const Dropout& settings);

}  // namespace dovetail
