// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/product.h"

namespace dovetail {

// out = scale * a b, or that added to out. Matrices; each of a and b may be a transposed view, out
// has its rows' numbers side by side. Runs on product.h's loops where they are the faster ones (see
// own_products_are_faster()), else on LibTorch's product. The same result for the same number of
// threads.
void matmul_into(const at::Tensor& out_MN, const at::Tensor& a_MK, const at::Tensor& b_KN,
                 double scale = 1, bool accumulate = false);

at::Tensor matrix_product(const at::Tensor& a_MK, const at::Tensor& b_KN, double scale = 1);

// a times a matrix that was packed before; float32 on the CPU.
at::Tensor packed_product(const at::Tensor& a_MK, const PackedMatrix& b_KN, double scale = 1);

}  // namespace dovetail
