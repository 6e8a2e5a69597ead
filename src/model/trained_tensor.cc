// SPDX-License-Identifier: Apache-2.0
#include "model/trained_tensor.h"

namespace dovetail {

using at::Tensor;

Tensor trained_in(const BlockWeights& weights, const Norm& next_norm,
                  const BlockProjections& projections, BlockAdditions additions) {
  Tensor found;
  const auto look = [&](const Tensor& tensor) {
    if (!found.defined() && tensor.defined() && tensor.requires_grad()) found = tensor;
  };
  for (const Projection* projection :
       {&projections.self_qkv, &projections.self_o, &projections.cross_q, &projections.cross_kv,
        &projections.cross_o, &projections.wi, &projections.wo}) {
    for (const Tensor& part : projection->parts) look(part);
    for (WeightAddition addition : projection->additions) addition.for_each_tensor(look);
  }
  for (const AttentionWeights* w : {&weights.self_attention, &weights.cross_attention}) {
    for (const Tensor& tensor : {w->norm_D, w->norm_bias_D, w->q_bias_I, w->k_bias_I, w->v_bias_I,
                                 w->qkv_bias_I, w->o_bias_D})
      look(tensor);
  }
  const FeedForwardWeights& w = weights.feed_forward;
  for (const Tensor& tensor : {w.norm_D, w.norm_bias_D, w.wi_bias_F, w.wi_1_bias_F, w.wo_bias_D})
    look(tensor);
  look(next_norm.weight_D);
  look(next_norm.bias_D);
  additions.for_each_tensor(look);
  return found;
}

}  // namespace dovetail
