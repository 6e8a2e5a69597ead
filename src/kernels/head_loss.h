// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/cross_entropy_rows.h"
#include "kernels/linear.h"

namespace dovetail {

// A label that has no loss.
inline constexpr int64_t kIgnored = -100;

// The head and the loss in one: logits = hidden * logit_scale * head^T, and the sum over labelled
// rows of settings.weight * (smoothed cross-entropy + z-loss). Where a gradient is wanted it is
// made at once, in place of the logits, a block of rows at a time: the logits are never there
// twice, and a big batch's never all at once. Call backward() on the result itself for the cheapest
// backward.
at::Tensor head_loss(const at::Tensor& hidden_RD, const Projection& head,
                     const at::Tensor& labels_R, double logit_scale, const CrossEntropy& settings);

// The same in LibTorch's own operations.
at::Tensor head_loss_reference(const at::Tensor& hidden_RD, const at::Tensor& head_VD,
                               const at::Tensor& labels_R, double logit_scale,
                               const CrossEntropy& settings);

}  // namespace dovetail
