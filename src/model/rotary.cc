// SPDX-License-Identifier: Apache-2.0
#include "model/rotary.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/pow.h>
#include <cmath>

namespace dovetail {

using at::Tensor;

namespace {

Tensor rotate(const Tensor& x_BXHC, const RotaryAngles& angles) {
  if (!angles.cos_BX1C.defined()) return x_BXHC;
  const std::vector<Tensor> halves = x_BXHC.chunk(2, -1);
  const Tensor quarter_turned = at::cat({-halves[1], halves[0]}, -1);
  return (x_BXHC * angles.cos_BX1C + quarter_turned * angles.sin_BX1C).to(x_BXHC.scalar_type());
}

Tensor for_every_head(const Tensor& x_BXGC, int64_t heads) {
  if (x_BXGC.size(2) == heads) return x_BXGC;
  const int64_t batch = x_BXGC.size(0), length = x_BXGC.size(1), groups = x_BXGC.size(2);
  return x_BXGC.unsqueeze(3)
      .expand({batch, length, groups, heads / groups, x_BXGC.size(3)})
      .reshape({batch, length, heads, x_BXGC.size(3)});
}

}  // namespace

RotaryAngles rotary_angles(const Tensor& positions_BX, const T5Config& config) {
  if (config.causal->rope_theta == 0) return {};
  const auto options = at::TensorOptions().dtype(at::kFloat).device(positions_BX.device());
  const Tensor exponents =
      at::arange(0, config.d_kv, 2, options) / static_cast<double>(config.d_kv);
  // in single precision as in the reference implementation
  const Tensor frequencies = at::pow(config.causal->rope_theta, exponents).reciprocal();
  const Tensor half = positions_BX.to(at::kFloat).unsqueeze(2) * frequencies;
  const Tensor angles = at::cat({half, half}, -1).unsqueeze(2);
  return {angles.cos(), angles.sin()};
}

AttentionHeads causal_heads(const Tensor& qkv_BXW, const T5Config& config,
                            const RotaryAngles& angles) {
  const int64_t groups = config.causal->num_key_value_heads, heads = config.num_heads;
  const Tensor all = qkv_BXW.unflatten(2, {heads + 2 * groups, config.d_kv});
  const double scale = 1 / std::sqrt(static_cast<double>(config.d_kv));
  return {.q_BXHC = rotate(all.narrow(2, 0, heads), angles) * scale,
          .k_BXGC = rotate(all.narrow(2, heads, groups), angles),
          .v_BXGC = all.narrow(2, heads + groups, groups)};
}

Tensor causal_qkv(const Tensor& qkv_BXW, const T5Config& config, const RotaryAngles& angles) {
  const AttentionHeads own = causal_heads(qkv_BXW, config, angles);
  return at::cat({own.q_BXHC, for_every_head(own.k_BXGC, config.num_heads),
                  for_every_head(own.v_BXGC, config.num_heads)},
                 2)
      .flatten(2);
}

}  // namespace dovetail
