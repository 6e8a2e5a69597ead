// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/activation_loops.h"

namespace dovetail {

// The inside of T5's feed-forward: dropout(relu(x_F)), or dropout(act(x_F) * x_2F) of the two
// halves of a gated x. The fast path (float32, CPU) overwrites a relu's input: give it a product's
// result that nothing else holds.
at::Tensor feed_forward_activation(const at::Tensor& x, Activation activation,
                                   const Dropout& settings);

// The same in LibTorch's own operations.
at::Tensor feed_forward_activation_reference(const at::Tensor& x, Activation activation,
                                             const Dropout& settings);

}  // namespace dovetail
