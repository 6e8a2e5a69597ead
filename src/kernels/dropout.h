// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout_bits.h"

namespace dovetail {

// x with elements dropped and the others scaled by 1 / (1 - rate). Float32 on the CPU: by
// dropout_bits.h, the same for the same seed whatever the number of threads. Elsewhere: LibTorch's
// dropout, from its generator.
at::Tensor dropout(const at::Tensor& x, const Dropout& settings);

// The factors (0 or 1 / (1 - rate)) of a tensor of this shape: what the kernels are tested against.
at::Tensor dropout_factors(at::IntArrayRef shape, const Dropout& settings);

}  // namespace dovetail
