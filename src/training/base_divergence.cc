// SPDX-License-Identifier: Apache-2.0
#include "training/base_divergence.h"

#include <ATen/ops/log_softmax.h>
#include <ATen/ops/nonzero.h>
#include <c10/core/GradMode.h>

namespace dovetail {

using at::Tensor;

namespace {

Tensor log_probabilities(const T5Model& model, const Tensor& hidden_BTD, const Tensor& rows) {
  const Tensor hidden_RD = hidden_BTD.flatten(0, 1).index_select(0, rows);
  return at::log_softmax(model.logits(hidden_RD), /*dim=*/1, at::kFloat);
}

// Soft tokens, which have ids above the vocabulary, are as padding to the base.
Tensor base_states(const T5Model& base, const Batch& batch) {
  const int64_t vocab_size = base.config().vocab_size;
  const Tensor mask_BS = batch.mask_BS * (batch.source_BS < vocab_size).to(at::kFloat);
  const ForwardOptions options{.segments_BT = batch.segments_BT};
  const Tensor memory_BSD =
      base.encode(base.embed(batch.source_BS.clamp_max(vocab_size - 1)), mask_BS, options);
  return base.decode(batch.decoder_ids_BT, memory_BSD, mask_BS, options);
}

}  // namespace

Tensor base_divergence(const T5Model& base, const T5Model& model, const Tensor& hidden_BTD,
                       const Batch& batch) {
  const Tensor weights = batch.base_weights_BT.flatten(), rows = at::nonzero(weights).squeeze(1);
  Tensor expected_RV;
  {
    const at::NoGradGuard no_grad;
    expected_RV = log_probabilities(base, base_states(base, batch), rows);
  }
  const Tensor found_RV = log_probabilities(model, hidden_BTD, rows);
  const Tensor divergence_R = (expected_RV.exp() * (expected_RV - found_RV)).sum(1);
  return (divergence_R * weights.index_select(0, rows)).sum();
}

}  // namespace dovetail
