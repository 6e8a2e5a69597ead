// SPDX-License-Identifier: Apache-2.0
#include "kernels/activation.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

#include "kernels/autograd_node.h"
#include "kernels/dropout.h"

namespace dovetail {

using at::Tensor;

namespace {

template <typename Row>
void for_rows(int64_t rows, int64_t width, Row row) {
  at::parallel_for(0, rows, std::max<int64_t>(1, 16384 / width), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) row(i);
  });
}

struct ActivationBackward final : BackwardNode {
  Activation activation{};
  Tensor kept;  // relu: the output; gated: the input
  Dropout settings;

  variable_list apply(variable_list&& gradients) override {
    if (!gradients[0].defined()) return {Tensor()};
    const BelowAutograd below;
    const Tensor dout = gradients[0].contiguous();
    gradients.clear();
    const int64_t width = dout.size(-1), rows = dout.numel() / width;
    const Tensor din = at::empty_like(kept);
    const DropoutBits bits(settings);
    const float *up = dout.const_data_ptr<float>(), *saved = kept.const_data_ptr<float>();
    float* down = din.data_ptr<float>();
    if (activation == Activation::relu) {
      for_rows(rows, width, [&](int64_t row) {
        relu_row_backward(up + row * width, saved + row * width, down + row * width, width,
                          bits.scale);
      });
    } else {
      for_rows(rows, width, [&](int64_t row) {
        gated_row_backward(activation, up + row * width, saved + 2 * row * width,
                           down + 2 * row * width, row * width, width, bits);
      });
    }
    return {din};
  }

  void release_variables() override { kept = Tensor(); }
};

Tensor activation_float(const Tensor& x, Activation activation, const Dropout& settings) {
  const auto node = backward_node<ActivationBackward>({x});
  const bool gated = activation != Activation::relu;
  Tensor out;
  {
    const BelowAutograd below;
    const Tensor in = x.contiguous();
    std::vector<int64_t> shape = in.sizes().vec();
    if (gated) shape.back() /= 2;
    out = gated ? at::empty(shape, in.options()) : in.detach();
    const int64_t width = shape.back(), in_width = in.size(-1);
    const float* from = in.const_data_ptr<float>();
    float* to = out.data_ptr<float>();
    const DropoutBits bits(settings);
    for_rows(out.numel() / width, width, [&](int64_t row) {
      activation_row(activation, from + row * in_width, to + row * width, row * width, width, bits);
    });
    if (node) {
      node->activation = activation;
      node->kept = gated ? in.detach() : out.detach();
      node->settings = settings;
    }
  }
  attach(out, node);
  return out;
}

}  // namespace

Tensor feed_forward_activation_reference(const Tensor& x_RF, Activation activation,
                                         const Dropout& settings) {
  if (activation == Activation::relu) return dropout(at::relu(x_RF), settings);
  const std::vector<Tensor> halves = x_RF.chunk(2, -1);
  const Tensor active =
      activation == Activation::gated_gelu ? at::gelu(halves[0], "tanh") : at::silu(halves[0]);
  return dropout(active * halves[1], settings);
}

Tensor feed_forward_activation(const Tensor& x_RF, Activation activation, const Dropout& settings) {
  return is_plain_float(x_RF) && x_RF.numel() > 0
             ? activation_float(x_RF, activation, settings)
             : feed_forward_activation_reference(x_RF, activation, settings);
}

}  // namespace dovetail
