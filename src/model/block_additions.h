// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

// Shape suffixes: B batch, S keys, P prefix, I heads * d_kv, D d_model, r bottleneck, R rows (any
// leading dimensions).
namespace dovetail {

// A bottleneck adapter (Houlsby et al. 2019): up relu(down x) is added to a sublayer's output.
// Serial: x is that output; parallel (He et al. 2022): x is the sublayer's normed input. Undefined
// tensors: no adapter.
struct Bottleneck {
  at::Tensor down_rD, down_bias_r, up_Dr, up_bias_D;
  bool parallel = false;
  double scaling = 1;
};

// output + scaling * up(relu(down(x))), differentiable; the output itself without an adapter.
at::Tensor add_bottleneck(const Bottleneck& adapter, const at::Tensor& output_RD,
                          const at::Tensor& normed_input_RD);

// The same for the rows of several models, one model's after the other's: adapters[i] for rows[i]
// of them.
at::Tensor add_bottlenecks(const std::vector<const Bottleneck*>& adapters,
                           const std::vector<int64_t>& rows, const at::Tensor& output_RD,
                           const at::Tensor& normed_input_RD);

// What a tuning method puts into a block of the model, beside the additions to its weights.
struct BlockAdditions {
  // Keys and values that stand before those of the text (prefix tuning; Li and Liang 2021). In
  // self-attention the text's positions begin behind them, as in a cache.
  at::Tensor self_prefix_P2I, cross_prefix_P2I;
  Bottleneck self_adapter, cross_adapter, feed_forward_adapter;

  int64_t self_prefix() const { return self_prefix_P2I.defined() ? self_prefix_P2I.size(0) : 0; }
  // Calls visit(tensor) for all, undefined ones included.
  template <typename Visit>
  void for_each_tensor(Visit visit) {
    visit(self_prefix_P2I);
    visit(cross_prefix_P2I);
    for (Bottleneck* adapter : {&self_adapter, &cross_adapter, &feed_forward_adapter}) {
      for (auto* tensor :
           {&adapter->down_rD, &adapter->down_bias_r, &adapter->up_Dr, &adapter->up_bias_D})
        visit(*tensor);
    }
  }
};

// Keys and values with the prefix before them: [B, P + S, 2 I].
at::Tensor behind_prefix(const at::Tensor& prefix_P2I, const at::Tensor& kv_BS2I);
// The mask of these keys; undefined stays so.
at::Tensor mask_behind_prefix(const at::Tensor& prefix_P2I, const at::Tensor& mask_BS);

}  // namespace dovetail
