// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/product.h"

// Shape suffixes: R rows (any leading dimensions), K inputs, N outputs, r rank.
namespace dovetail {

// W + scaling * B A stands where W stood (LoRA; Hu et al. 2021, sec. 4.1).
struct LowRank {
  at::Tensor a_rK, b_Nr;
  double scaling = 1;
  double dropout = 0;         // of the low-rank path's input, in training
  uint64_t dropout_seed = 0;  // 0: not in training
};

// Weight matrices [N_i, K] that read the same input, one below the other in one piece of memory, so
// that one product serves them all. `parts` are views of `whole`, each a parameter of its own.
struct Projection {
  std::vector<at::Tensor> parts;
  at::Tensor whole;
  std::vector<LowRank> low_rank;  // empty, or one a part (undefined tensors: none)
  PackedMatrix packed;            // of the whole, where it is not going to change; or empty
  PackedMatrix packed_backward;   // the same for the gradient of x
};

// Makes the tensors neighbours in memory, where they are not yet: each is replaced by a view of the
// new whole with the same numbers.
Projection join_weights(const std::vector<at::Tensor*>& weights);

enum class Packing { none, forward, both_ways };

// Makes the packed copies, where they would be of use, or drops them.
void set_packing(Projection& projection, Packing packing);

// x W^T and dy W for matrices, by the packed copy where there is one.
at::Tensor multiply(const at::Tensor& x_RK, const Projection& projection, double scale = 1);
at::Tensor multiply_backward(const at::Tensor& dy_RN, const Projection& projection,
                             double scale = 1);

// x W^T: [..., K] to [..., N]. Its backward computes nothing for weights that need no gradient, and
// adds straight into their grad() the gradient of those that do (no sum of temporaries, and further
// micro-batches are accumulated by the product itself).
at::Tensor linear(const at::Tensor& x_RK, const Projection& projection);

// Adds `gradient` to parameter.grad(), or makes it that: the gradient must be the caller's own.
void add_gradient(const at::Tensor& parameter, const at::Tensor& gradient);

}  // namespace dovetail
