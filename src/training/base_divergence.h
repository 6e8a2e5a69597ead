// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "model/t5.h"
#include "training/batch.h"

namespace dovetail {

// How far a model has gone from the one that it started from: the sum over the target tokens of
// base_weights_BT times KL(base || model) of the next token (nats), a differentiable scalar.
// hidden_BTD is what the model predicts the targets from. The base reads the batch without soft
// tokens, noise and dropout, and takes no gradient.
at::Tensor base_divergence(const T5Model& base, const T5Model& model, const at::Tensor& hidden_BTD,
                           const Batch& batch);

}  // namespace dovetail
