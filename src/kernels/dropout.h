// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout_bits.h"

namespace dovetail {

// x [...] with elements dropped and the others scaled by 1 / (1 - rate). Differentiable. Float32 on
// the CPU follows dropout_bits.h and so depends on the seed alone, on any number of threads. The
// rest is LibTorch's dropout, from its generator.
at::Tensor dropout(const at::Tensor& x, const Dropout& settings);

// The factors (0 or 1 / (1 - rate)) of a float32 tensor of this shape. Tests compare kernels with
// them.
at::Tensor dropout_factors(at::IntArrayRef shape, const Dropout& settings);

}  // namespace dovetail
