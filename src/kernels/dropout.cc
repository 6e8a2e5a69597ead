// SPDX-License-Identifier: Apache-2.0
#include "kernels/dropout.h"

#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "kernels/autograd_node.h"
#include "kernels/dropout_cpu.h"

namespace dovetail {

using at::Tensor;

namespace {

Tensor dropped(const Tensor& x, const Dropout& settings) {
  const BelowAutograd below;
  const Tensor in = x.contiguous();
  Tensor out = at::empty_like(in);
  dropout_row(in.const_data_ptr<float>(), out.data_ptr<float>(), 0, in.numel(),
              DropoutBits(settings));
  return out;
}

struct DropoutBackward final : BackwardNode {
  Dropout settings;

  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return {Tensor()};
    return {dropped(gradients[0], settings)};
  }
};

}  // namespace

Tensor dropout(const Tensor& x, const Dropout& settings) {
  if (!settings.on()) return x;
  if (!is_plain_float(x)) return at::dropout(x, settings.rate, /*train=*/true);
  const auto node = backward_node<DropoutBackward>({x});
  if (node) node->settings = settings;
  const Tensor out = dropped(x, settings);
  attach(out, node);
  return out;
}

Tensor dropout_factors(at::IntArrayRef shape, const Dropout& settings) {
  Tensor factors = at::empty(shape, at::kFloat);
  const DropoutBits bits(settings);
  float* factor = factors.data_ptr<float>();
  for (int64_t i = 0; i < factors.numel(); ++i) factor[i] = bits.factor(static_cast<uint32_t>(i));
  return factors;
}

}  // namespace dovetail
