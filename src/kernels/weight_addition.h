// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/linear.h"

namespace dovetail {

// y with the additions of every part in its columns. y, the product alone, is overwritten. x is
// [..., K], y is [..., N]. `dropout_seed` as in linear().
at::Tensor add_to_product(const at::Tensor& y_RN, const at::Tensor& x_RK,
                          const Projection& projection, uint64_t dropout_seed);

}  // namespace dovetail
