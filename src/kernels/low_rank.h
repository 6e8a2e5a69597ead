// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/linear.h"

namespace dovetail {

// y + scaling * (dropout(x) A^T) B^T in the columns of every part that has a low-rank addition. y
// is overwritten. x is [..., K], y is [..., N]. `dropout_seed` as in linear().
at::Tensor add_low_rank(const at::Tensor& y_RN, const at::Tensor& x_RK,
                        const Projection& projection, uint64_t dropout_seed);

}  // namespace dovetail
