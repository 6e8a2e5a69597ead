// SPDX-License-Identifier: Apache-2.0
#include "model/block_additions.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <algorithm>

#include "kernels/rows.h"

namespace dovetail {

using at::Tensor;

Tensor add_bottleneck(const Bottleneck& adapter, const Tensor& output_RD,
                      const Tensor& normed_input_RD) {
  if (!adapter.down_rD.defined()) return output_RD;
  const Tensor& x = adapter.parallel ? normed_input_RD : output_RD;
  const Tensor inner = at::relu(at::linear(x, adapter.down_rD, adapter.down_bias_r));
  const Tensor up = at::linear(inner, adapter.up_Dr, adapter.up_bias_D);
  return output_RD + (adapter.scaling == 1 ? up : up * adapter.scaling);
}

Tensor add_bottlenecks(const std::vector<const Bottleneck*>& adapters,
                       const std::vector<int64_t>& rows, const Tensor& output_RD,
                       const Tensor& normed_input_RD) {
  if (adapters.size() == 1) return add_bottleneck(*adapters[0], output_RD, normed_input_RD);
  const auto is_there = [](const Bottleneck* adapter) { return adapter->down_rD.defined(); };
  if (std::ranges::none_of(adapters, is_there)) return output_RD;
  std::vector<Tensor> outputs = split_rows(output_RD, rows);
  const std::vector<Tensor> inputs = split_rows(normed_input_RD, rows);
  for (size_t i = 0; i < adapters.size(); ++i)
    if (rows[i] > 0) outputs[i] = add_bottleneck(*adapters[i], outputs[i], inputs[i]);
  return join_rows(outputs);
}

Tensor behind_prefix(const Tensor& prefix_P2I, const Tensor& kv_BS2I) {
  if (!prefix_P2I.defined()) return kv_BS2I;
  return at::cat({prefix_P2I.unsqueeze(0).expand({kv_BS2I.size(0), -1, -1}), kv_BS2I}, 1);
}

Tensor mask_behind_prefix(const Tensor& prefix_P2I, const Tensor& mask_BS) {
  if (!prefix_P2I.defined() || !mask_BS.defined()) return mask_BS;
  return at::cat({at::ones({mask_BS.size(0), prefix_P2I.size(0)}, mask_BS.options()), mask_BS}, 1);
}

}  // namespace dovetail
