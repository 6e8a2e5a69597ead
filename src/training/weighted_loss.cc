// SPDX-License-Identifier: Apache-2.0
#include "training/weighted_loss.h"

namespace dovetail {

using at::Tensor;

Tensor weighted_losses(const std::vector<LossInput>& inputs) {
  std::vector<EncoderPart> sources;
  for (const LossInput& in : inputs) {
    // the tuning may embed in float32 for a model in half precision
    const Tensor embedded_BSD =
        in.tuning->embed(in.batch->source_BS).to(in.model->weights().shared_VD.scalar_type());
    sources.push_back({in.model, embedded_BSD, in.batch->mask_BS, in.options});
    sources.back().options.segments_BT = in.batch->segments_BT;
  }
  const std::vector<Tensor> memories = encode_group(sources);
  std::vector<DecoderPart> targets;
  for (size_t i = 0; i < inputs.size(); ++i) {
    targets.push_back({inputs[i].model, inputs[i].batch->decoder_ids_BT, memories[i],
                       inputs[i].batch->mask_BS, sources[i].options});
  }
  const std::vector<Tensor> hidden = decode_group(targets);
  std::vector<HeadPart> heads;
  for (size_t i = 0; i < inputs.size(); ++i)
    heads.push_back({inputs[i].model, hidden[i], inputs[i].batch->labels_BT, inputs[i].settings});
  return losses_of_group(heads);
}

Tensor weighted_loss(const T5Model& model, TuningMethod& tuning, const Batch& batch,
                     const CrossEntropy& settings, const ForwardOptions& options) {
  return weighted_losses({{&model, &tuning, &batch, settings, options}}).squeeze(0);
}

}  // namespace dovetail
