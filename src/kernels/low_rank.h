// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/linear.h"

namespace dovetail {

// y + scaling * (x A^T) B^T in the columns of every part that has a low-rank addition; y is
// overwritten.
at::Tensor add_low_rank(const at::Tensor& y, const at::Tensor& x, const Projection& projection);

}  // namespace dovetail
