// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "kernels/gemm_cpu.h"
#include "kernels/quantized_matrix.h"

// Shape suffixes: R rows (any leading dimensions), K inputs, N outputs, r rank.
namespace dovetail {

// What a tuning method puts around one weight matrix W, which itself stays as it is:
//   y = factor * (W x + bias + scaling * outer * (B (inner * (A dropout(x)))))
// where x is input * (what comes in), and undefined tensors are left out. The field's methods are
// special cases: LoRA (Hu et al. 2021) has A and B; DoRA (Liu et al. 2024) the magnitudes as well;
// VeRA (Kopiczko et al. 2024) trains inner and outer around fixed A and B; (IA)^3 (Liu et al. 2022)
// has a factor, or an input; BitFit (Ben Zaken et al. 2022) a bias.
struct WeightAddition {
  at::Tensor a_rK, b_Nr;
  at::Tensor inner_r, outer_N;
  at::Tensor bias_N, factor_N;
  at::Tensor magnitude_N;  // the rows of W + scaling * B A get these lengths; takes factor's place
  at::Tensor input_K;      // only where the matrix is alone in its projection
  double scaling = 1;
  double dropout = 0;         // rate, on the input of A, in training
  uint64_t dropout_site = 0;  // its number among the dropout sites of the model

  bool acts_on_output() const {
    return a_rK.defined() || bias_N.defined() || factor_N.defined() || magnitude_N.defined();
  }
  // Calls visit(tensor) for all, undefined ones included.
  template <typename Visit>
  void for_each_tensor(Visit visit) {
    for (auto* tensor :
         {&a_rK, &b_Nr, &inner_r, &outer_N, &bias_N, &factor_N, &magnitude_N, &input_K})
      visit(*tensor);
  }
};

// Weight matrices [N_i, K] that read the same input, stacked in one piece of memory, so that one
// matmul serves them all.
struct Projection {
  std::vector<at::Tensor> parts;          // [N_i, K]: views of the whole, each its own parameter
  at::Tensor whole_NK;                    // N is the sum of the N_i
  std::vector<WeightAddition> additions;  // empty, or one a part
  PrepackedMatrix prepacked;              // of whole_NK^T while it does not change; or empty
  PrepackedMatrix prepacked_backward;     // of whole_NK, for the gradient of x; or empty
  QuantizedMatrix quantized;              // of whole_NK, in its place in x W^T; or empty
  at::Tensor rounded_NK;                  // the same in bfloat16; or undefined
};

// Makes the matrices neighbours in memory. Where they are not yet, each is replaced by a view of a
// new whole with the same numbers.
Projection join_weights(const std::vector<at::Tensor*>& weights);

// Which prepacked copies a projection has: none, for x W^T, or for dy W as well.
enum class Prepacking { none, forward, both_ways };

// Makes the prepacked copies where they are of use, and drops the others.
void set_prepacking(Projection& projection, Prepacking prepacking);

// The precision of x W^T: see matmul_quantized and matmul_rounded.
enum class Precision { float32, bfloat16, int8 };

// Makes the copy that this precision needs, and drops another one's. While there is one, x W^T has
// no gradient.
void set_precision(Projection& projection, Precision precision);

// scale * x W^T and scale * dy W, with the lower or prepacked copy where there is one. No
// autograd and no additions.
at::Tensor matmul_weights(const at::Tensor& x_RK, const Projection& projection, double scale = 1);
at::Tensor matmul_weights_backward(const at::Tensor& dy_RN, const Projection& projection,
                                   double scale = 1);

// x W^T with the additions: [..., K] to [..., N]. The backward pass computes nothing for
// weights that need no gradient. It adds the gradients of the others straight into their grad(), so
// that the matmul itself accumulates micro-batches.
// `dropout_seed` turns the dropout of the additions on: one for each forward pass, 0 for
// off.
at::Tensor linear(const at::Tensor& x_RK, const Projection& projection, uint64_t dropout_seed = 0);

// One model's rows of an input that several models share the product of: their weights are the same
// memory, and do not need a gradient; each has additions of its own.
struct LinearPart {
  const Projection* projection = nullptr;
  int64_t rows = 0;
  uint64_t dropout_seed = 0;
};

// The parts one after the other: [sum of rows, K] to [sum of rows, N]. A single part may have
// weights that are trained.
at::Tensor linear(const at::Tensor& x_RK, std::span<const LinearPart> parts);

// Adds `gradient`, of the parameter's shape, to parameter.grad(), or makes it that. The caller must
// hold no other reference to it.
void add_gradient(const at::Tensor& parameter, const at::Tensor& gradient);

}  // namespace dovetail
