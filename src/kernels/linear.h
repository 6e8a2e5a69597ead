// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/gemm_cpu.h"

// Shape suffixes: R rows (any leading dimensions), K inputs, N outputs, r rank.
namespace dovetail {

// W + scaling * B A in place of W (LoRA; Hu et al. 2021, sec. 4.1).
struct LowRank {
  at::Tensor a_rK, b_Nr;
  double scaling = 1;
  double dropout = 0;         // rate, on the input of the low-rank path, in training
  uint64_t dropout_site = 0;  // its number among the dropout sites of the model
};

// Weight matrices [N_i, K] that read the same input, stacked in one piece of memory, so that one
// matmul serves them all.
struct Projection {
  std::vector<at::Tensor> parts;       // [N_i, K]: views of the whole, each its own parameter
  at::Tensor whole_NK;                 // N is the sum of the N_i
  std::vector<LowRank> low_rank;       // empty, or one a part (undefined tensors: none)
  PrepackedMatrix prepacked;           // of whole_NK^T while it does not change; or empty
  PrepackedMatrix prepacked_backward;  // of whole_NK, for the gradient of x; or empty
};

// Makes the matrices neighbours in memory. Where they are not yet, each is replaced by a view of a
// new whole with the same numbers.
Projection join_weights(const std::vector<at::Tensor*>& weights);

// Which prepacked copies a projection has: none, for x W^T, or for dy W as well.
enum class Prepacking { none, forward, both_ways };

// Makes the prepacked copies where they are of use, and drops the others.
void set_prepacking(Projection& projection, Prepacking prepacking);

// scale * x W^T and scale * dy W, with the prepacked copy where there is one. No autograd and no
// low-rank additions.
at::Tensor matmul_weights(const at::Tensor& x_RK, const Projection& projection, double scale = 1);
at::Tensor matmul_weights_backward(const at::Tensor& dy_RN, const Projection& projection,
                                   double scale = 1);

// x W^T with the low-rank additions: [..., K] to [..., N]. The backward pass computes nothing for
// weights that need no gradient. It adds the gradients of the others straight into their grad(), so
// that the matmul itself accumulates micro-batches.
// `dropout_seed` turns the dropout of the low-rank additions on: one for each forward pass, 0 for
// off.
at::Tensor linear(const at::Tensor& x_RK, const Projection& projection, uint64_t dropout_seed = 0);

// Adds `gradient`, of the parameter's shape, to parameter.grad(), or makes it that. The caller must
// hold no other reference to it.
void add_gradient(const at::Tensor& parameter, const at::Tensor& gradient);

}  // namespace dovetail
