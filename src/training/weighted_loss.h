// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/t5.h"
#include "training/batch.h"
#include "training/encoder_outputs.h"
#include "tuning/tuning_method.h"

namespace dovetail {

// One model's part of a pass, with its tuning.
struct LossInput {
  const T5Model* model = nullptr;
  TuningMethod* tuning = nullptr;
  const Batch* batch = nullptr;
  CrossEntropy settings;
  ForwardOptions options;
  double neftune_alpha = 0;  // of noise on embeddings, drawn from options.dropout_seed; 0: none
  const T5Model* base = nullptr;    // of batches with base_weights_BT
  EncoderOutputs* known = nullptr;  // of this model with this tuning; or null
};

// settings.weight times the sum of the token losses of a batch (nats), each times its weight where
// the batch has weights, of those at labelled tokens of its sources, and of the divergences from a
// base; a differentiable scalar.
// Call backward() on the result itself: see kernels/head_loss.h.
at::Tensor weighted_loss(const T5Model& model, TuningMethod& tuning, const Batch& batch,
                         const CrossEntropy& settings = {}, const ForwardOptions& options = {});

// The same in one pass for models that may share it (may_share): [inputs].
at::Tensor weighted_losses(const std::vector<LossInput>& inputs);

}  // namespace dovetail
