// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "kernels/head_loss_cpu.h"
#include "kernels/linear.h"

// Shape suffixes: R rows, D d_model, V vocabulary.
namespace dovetail {

// The label of a position without a loss.
inline constexpr int64_t kIgnored = -100;

// Head and loss in one: logits = hidden * logit_scale * head^T, and the sum over labelled rows of
// settings.weight * (smoothed cross-entropy + z-loss), a scalar. labels_R is int64.
// The forward pass computes the gradient in place of the logits, a block of rows at a time: the
// logits are never held twice, and those of a big batch never all at once. Call backward() on the
// result itself for the cheapest backward pass.
at::Tensor head_loss(const at::Tensor& hidden_RD, const Projection& head,
                     const at::Tensor& labels_R, double logit_scale, const CrossEntropy& settings);

// Rows with settings of their own: those of one model in a group's pass.
struct LossPart {
  int64_t rows = 0;
  CrossEntropy settings;
  // float: what the loss of each row counts, 0 for none, beside settings.weight; undefined: 1.
  at::Tensor weights_R = {};
};

// The same for parts that stand one after the other under one head: the loss of each, [parts].
at::Tensor head_losses(const at::Tensor& hidden_RD, const Projection& head,
                       const at::Tensor& labels_R, double logit_scale,
                       std::span<const LossPart> parts);

// The reference: the same in LibTorch's operations.
at::Tensor head_loss_reference(const at::Tensor& hidden_RD, const at::Tensor& head_VD,
                               const at::Tensor& labels_R, double logit_scale,
                               const CrossEntropy& settings, const at::Tensor& weights_R = {});

}  // namespace dovetail
