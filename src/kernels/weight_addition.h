// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/linear.h"

namespace dovetail {

// y with the additions of every part in its columns. y, the product alone, is overwritten. x is
// [..., K], y is [..., N]. `dropout_seed` as in linear().
at::Tensor add_to_product(const at::Tensor& y_RN, const at::Tensor& x_RK,
                          const Projection& projection, uint64_t dropout_seed);

// What multiplies the outputs: undefined, the factor itself, or DoRA's magnitudes over the lengths
// of the rows of W + scaling * B A. No gradient flows through the lengths (Liu et al. 2024,
// sec. 4.3).
at::Tensor output_factor(const WeightAddition& addition, const at::Tensor& weight_NK);

}  // namespace dovetail
