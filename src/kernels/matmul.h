// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/gemm_cpu.h"
#include "kernels/quantized_matrix.h"

// Shape suffixes: M rows, N columns, K the inner dimension.
namespace dovetail {

// out = scale * a b, or that added to out. a and b may be transposed views; out must have
// contiguous rows. Runs on gemm() where that is faster (own_gemm_is_faster), else on LibTorch's
// matmul. The result is the same for the same number of threads. No autograd.
void matmul_into(const at::Tensor& out_MN, const at::Tensor& a_MK, const at::Tensor& b_KN,
                 double scale = 1, bool accumulate = false);

// scale * a b as a new tensor [M, N].
at::Tensor scaled_matmul(const at::Tensor& a_MK, const at::Tensor& b_KN, double scale = 1);

// scale * a b for a prepacked b; float32 on the CPU.
at::Tensor matmul_prepacked(const at::Tensor& a_MK, const PrepackedMatrix& b_KN, double scale = 1);

// scale * a b^T for a quantized b, with the rows of a quantized on the way; float32 on the CPU.
at::Tensor matmul_quantized(const at::Tensor& a_MK, const QuantizedMatrix& b_NK, double scale = 1);

// scale * a b^T in float32 for a b in bfloat16: a is rounded too, products are summed in float32,
// and each sum is rounded once.
at::Tensor matmul_rounded(const at::Tensor& a_MK, const at::Tensor& b_NK, double scale = 1);

}  // namespace dovetail
