// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/add_norm.h"
#include "model/weights.h"

// Shape suffixes: R rows, D d_model.
namespace dovetail {

// A sublayer's norm: an RMS norm, or with a bias a layer norm (Ba et al. 2016).
struct Norm {
  at::Tensor weight_D, bias_D;
};
inline Norm norm_of(const AttentionWeights& w) { return {w.norm_D, w.norm_bias_D}; }
inline Norm norm_of(const FeedForwardWeights& w) { return {w.norm_D, w.norm_bias_D}; }

// add_norm() with either kind; the layer norm in LibTorch's operations.
AddNormOutput add_any_norm(const at::Tensor& residual_RD, const at::Tensor& x_RD, const Norm& norm,
                           double epsilon, const Dropout& settings);

// The biases of weights that are joined; undefined without them.
at::Tensor qkv_bias(const AttentionWeights& w);
at::Tensor wi_bias(const FeedForwardWeights& w);

}  // namespace dovetail
