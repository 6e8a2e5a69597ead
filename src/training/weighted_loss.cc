// SPDX-License-Identifier: Apache-2.0
#include "training/weighted_loss.h"

#include <ATen/ops/nonzero.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "training/base_divergence.h"
#include "training/embedding_noise.h"
#include "tuning/label_reader.h"

namespace dovetail {

using at::Tensor;

namespace {

// What the encoder says at the labelled tokens of its source, by the model's own head.
Tensor source_loss(const LossInput& in, const Tensor& memory_BSD) {
  const Tensor weights = in.batch->source_weights_BS.flatten();
  const Tensor places = at::nonzero(weights).squeeze(1);
  if (places.size(0) == 0) return at::zeros({}, memory_BSD.options().dtype(at::kFloat));
  const auto picked = [&](const Tensor& all) { return all.index_select(0, places).unsqueeze(0); };
  return losses_of_group(
             {{in.model, picked(memory_BSD.flatten(0, 1)),
               picked(in.batch->source_labels_BS.flatten()), in.settings, picked(weights)}})
      .squeeze(0);
}

// The losses of inputs beside those of their targets: of the encoder, and of what diverges from a
// base: [inputs]; undefined where none has any.
Tensor other_losses(const std::vector<LossInput>& inputs, const std::vector<DecoderPart>& targets,
                    const std::vector<Tensor>& hidden) {
  std::vector<Tensor> terms;
  bool any = false;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const LossInput& in = inputs[i];
    terms.push_back(at::zeros({}, hidden[i].options().dtype(at::kFloat)));
    if (in.batch->base_weights_BT.defined())
      terms[i] = terms[i] +
                 base_divergence(*in.base, *in.model, hidden[i], *in.batch) * in.settings.weight;
    if (in.batch->source_labels_BS.defined())
      terms[i] = terms[i] + source_loss(in, targets[i].memory_BSD);
    any |= in.batch->base_weights_BT.defined() || in.batch->source_labels_BS.defined();
  }
  return any ? at::stack(terms) : Tensor();
}

// Of inputs that the decoder answers.
Tensor decoder_losses(const std::vector<LossInput>& inputs,
                      const std::vector<DecoderPart>& targets) {
  const std::vector<Tensor> hidden = decode_group(targets);
  std::vector<HeadPart> heads;
  for (size_t i = 0; i < inputs.size(); ++i)
    heads.push_back({inputs[i].model, hidden[i], inputs[i].batch->labels_BT, inputs[i].settings,
                     inputs[i].batch->weights_BT});
  const Tensor losses = losses_of_group(heads), more = other_losses(inputs, targets, hidden);
  return more.defined() ? losses + more : losses;
}

// Whether what the encoder makes of a source is of one draw.
bool draws(const LossInput& in) { return in.options.dropout > 0 || in.neftune_alpha > 0; }

ForwardOptions options_of(const LossInput& in) {
  ForwardOptions options = in.options;
  options.segments_BT = in.batch->segments_BT;
  return options;
}

// What the decoder reads of an input's sources, and how.
struct EncodedInput {
  Tensor memory_BSD;
  ForwardOptions options;
};

Tensor losses_of_encoded(const std::vector<LossInput>& inputs,
                         const std::vector<EncodedInput>& encoded) {
  std::vector<Tensor> losses(inputs.size());
  std::vector<LossInput> decoded;
  std::vector<DecoderPart> targets;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const LossInput& in = inputs[i];
    if (const LabelReader* reader = in.tuning->label_reader()) {
      losses[i] = label_loss(*reader, encoded[i].memory_BSD, in.batch->mask_BS, in.batch->labels_BT,
                             in.settings);
    } else {
      decoded.push_back(in);
      targets.push_back({in.model, in.batch->decoder_ids_BT, encoded[i].memory_BSD,
                         in.batch->mask_BS, encoded[i].options});
    }
  }
  if (decoded.size() == inputs.size()) return decoder_losses(decoded, targets);
  if (!decoded.empty()) {
    const std::vector<Tensor> found = decoder_losses(decoded, targets).unbind();
    auto next = found.begin();
    for (Tensor& loss : losses)
      if (!loss.defined()) loss = *next++;
  }
  return at::stack(losses);
}

void add_noise(const LossInput& in, EncoderPart& source) {
  const T5Config& config = in.model->config();
  const EmbeddingNoise noise = draw_embedding_noise(*in.batch, config.d_model, config.is_causal(),
                                                    in.neftune_alpha, in.options.dropout_seed);
  source.embedded_BSD =
      source.embedded_BSD + noise.source_BSD.to(source.embedded_BSD.scalar_type());
  source.options.decoder_noise_BTD = noise.target_BTD;
}

}  // namespace

Tensor weighted_losses(const std::vector<LossInput>& inputs) {
  std::vector<EncodedInput> encoded(inputs.size());
  std::vector<EncoderPart> sources;
  std::vector<size_t> places;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const LossInput& in = inputs[i];
    encoded[i].options = options_of(in);
    if (in.known && !draws(in)) encoded[i].memory_BSD = in.known->find(*in.batch);
    if (encoded[i].memory_BSD.defined()) continue;
    // the tuning may embed in float32 for a model in half precision
    const Tensor embedded_BSD =
        in.tuning->embed(in.batch->source_BS).to(in.model->weights().shared_VD.scalar_type());
    sources.push_back({in.model, embedded_BSD, in.batch->mask_BS, encoded[i].options});
    if (in.neftune_alpha > 0) add_noise(in, sources.back());
    encoded[i].options = sources.back().options;
    places.push_back(i);
  }
  if (sources.empty()) return losses_of_encoded(inputs, encoded);
  const std::vector<Tensor> memories = encode_group(sources);
  for (size_t i = 0; i < places.size(); ++i) {
    const LossInput& in = inputs[places[i]];
    encoded[places[i]].memory_BSD = memories[i];
    if (in.known) in.known->offer(*in.batch, memories[i], draws(in));
  }
  return losses_of_encoded(inputs, encoded);
}

Tensor weighted_loss(const T5Model& model, TuningMethod& tuning, const Batch& batch,
                     const CrossEntropy& settings, const ForwardOptions& options) {
  return weighted_losses({{&model, &tuning, &batch, settings, options}}).squeeze(0);
}

}  // namespace dovetail
