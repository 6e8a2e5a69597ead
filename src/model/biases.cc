// SPDX-License-Identifier: Apache-2.0
#include "model/biases.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/layer_norm.h>

#include "kernels/dropout.h"

namespace dovetail {

using at::Tensor;

AddNormOutput add_any_norm(const Tensor& residual_RD, const Tensor& x_RD, const Norm& norm,
                           double epsilon, const Dropout& settings) {
  if (!norm.bias_D.defined()) return add_norm(residual_RD, x_RD, norm.weight_D, epsilon, settings);
  const Tensor hidden_RD = x_RD.defined() ? residual_RD + dropout(x_RD, settings) : residual_RD;
  const int64_t width = hidden_RD.size(-1);
  return {hidden_RD, at::layer_norm(hidden_RD, {width}, norm.weight_D, norm.bias_D, epsilon)};
}

Tensor qkv_bias(const AttentionWeights& w) {
  return w.q_bias_I.defined() ? at::cat({w.q_bias_I, w.k_bias_I, w.v_bias_I}) : w.qkv_bias_I;
}

Tensor wi_bias(const FeedForwardWeights& w) {
  return w.wi_1_bias_F.defined() ? at::cat({w.wi_bias_F, w.wi_1_bias_F}) : w.wi_bias_F;
}

}  // namespace dovetail
