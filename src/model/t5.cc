// SPDX-License-Identifier: Apache-2.0
#include "model/t5.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "kernels/activation.h"
#include "kernels/dropout.h"
#include "kernels/embedding.h"
#include "kernels/rows.h"
#include "model/causal.h"
#include "model/stack.h"

namespace dovetail {

using at::Tensor;

namespace {

// Dropout sites are numbered: the encoder's from 0, the decoder's and the additions' from here.
constexpr uint64_t kDecoderSites = 1u << 20, kAdditionSites = 1u << 21;

BlockProjections join_block(const T5Config& config, BlockWeights& w, bool decoder) {
  BlockProjections p;
  AttentionWeights &self = w.self_attention, &cross = w.cross_attention;
  p.self_qkv = self.qkv_ID.defined() ? join_weights({&self.qkv_ID})
                                     : join_weights({&self.q_ID, &self.k_ID, &self.v_ID});
  p.self_o = join_weights({&self.o_DI});
  if (decoder && !config.is_causal()) {
    p.cross_q = join_weights({&cross.q_ID});
    p.cross_kv = join_weights({&cross.k_ID, &cross.v_ID});
    p.cross_o = join_weights({&cross.o_DI});
  }
  FeedForwardWeights& ff = w.feed_forward;
  p.wi = config.gated() ? join_weights({&ff.wi_FD, &ff.wi_1_FD}) : join_weights({&ff.wi_FD});
  p.wo = join_weights({&ff.wo_DF});
  return p;
}

}  // namespace

T5Model::T5Model(T5Config config, T5Weights weights)
    : config_(std::move(config)), weights_(std::move(weights)) {
  for (BlockWeights& w : weights_.encoder.blocks) encoder_.push_back(join_block(config_, w, false));
  for (BlockWeights& w : weights_.decoder.blocks) decoder_.push_back(join_block(config_, w, true));
  encoder_additions_.resize(encoder_.size());
  decoder_additions_.resize(decoder_.size());
  head_ = join_weights({config_.tie_word_embeddings ? &weights_.shared_VD : &weights_.lm_head_VD});
}

std::vector<Projection*> T5Model::projections() {
  std::vector<Projection*> all;
  for (auto* stack : {&encoder_, &decoder_}) {
    for (BlockProjections& p : *stack) {
      all.insert(all.end(),
                 {&p.self_qkv, &p.self_o, &p.cross_q, &p.cross_kv, &p.cross_o, &p.wi, &p.wo});
    }
  }
  return all;
}

void T5Model::set_prepacking(Prepacking prepacking) {
  prepacking_ = prepacking;
  for (Projection* projection : projections()) dovetail::set_prepacking(*projection, prepacking);
  dovetail::set_prepacking(head_, prepacking);
}

void T5Model::set_precision(Precision precision) {
  for (Projection* projection : projections()) dovetail::set_precision(*projection, precision);
  dovetail::set_precision(head_, precision);
}

Precision inference_precision(const std::string& name, const at::Device& device) {
  if (name == "float32") return Precision::float32;
  if (name == "bfloat16") return Precision::bfloat16;
  if (name != "int8") {
    throw_<ConfigError>("precision \"{}\": expected \"float32\", \"bfloat16\" or \"int8\"", name);
  }
  if (!device.is_cpu()) {
    throw_<ConfigError>(
        "precision \"int8\" needs the CPU, and the device is {}; take --device cpu, "
        "or \"bfloat16\"",
        device.str());
  }
  return Precision::int8;
}

PrepackedWeights::PrepackedWeights(T5Model& model, Precision precision)
    : model_(model), was_(model.prepacking()), precision_(precision) {
  if (precision != Precision::float32) {
    model.set_precision(precision);
  } else if (was_ == Prepacking::none) {
    model.set_prepacking(Prepacking::forward);
  }
}

PrepackedWeights::~PrepackedWeights() {
  if (precision_ != Precision::float32) {
    model_.set_precision(Precision::float32);
  } else if (was_ == Prepacking::none) {
    model_.set_prepacking(Prepacking::none);
  }
}

Activation T5Model::activation() const {
  if (!config_.gated()) return Activation::relu;
  return config_.feed_forward_proj == "gated-gelu" ? Activation::gated_gelu
                                                   : Activation::gated_silu;
}

Tensor T5Model::activate(const Tensor& inner_RF, const Dropout& settings) const {
  if (config_.feed_forward_proj == "gelu") return dropout(at::gelu(inner_RF, "tanh"), settings);
  return feed_forward_activation(inner_RF, activation(), settings);
}

Tensor T5Model::embed(const Tensor& ids_BS) const { return embed_ids(weights_.shared_VD, ids_BS); }

Tensor T5Model::encode(const Tensor& embedded_BSD, const Tensor& mask_BS,
                       const ForwardOptions& options) const {
  return encode_group({{this, embedded_BSD, mask_BS, options}}).front();
}

Tensor T5Model::decode(const Tensor& decoder_ids_BT, const Tensor& memory_BSD,
                       const Tensor& mask_BS, const ForwardOptions& options) const {
  return decode_group({{this, decoder_ids_BT, memory_BSD, mask_BS, options}}).front();
}

std::vector<Tensor> encode_group(const std::vector<EncoderPart>& parts) {
  if (parts.front().model->config().is_causal()) {
    std::vector<Tensor> sources;
    for (const EncoderPart& part : parts) sources.push_back(part.embedded_BSD);
    return sources;
  }
  std::vector<StackCell> cells;
  for (const EncoderPart& part : parts) {
    cells.push_back({.model = part.model,
                     .options = part.options,
                     .embedded_BXD = part.embedded_BSD,
                     .self_mask_BX = part.mask_BS});
    if (part.options.segments_BT.defined()) cells.back().segments_BX = part.mask_BS;
  }
  return run_stack(/*decoder=*/false, std::move(cells), 0);
}

Tensor DecoderPart::embedded_BTD() const {
  const Tensor embedded = model->embed(decoder_ids_BT);
  const Tensor& noise = options.decoder_noise_BTD;
  return noise.defined() ? embedded + noise.to(embedded.scalar_type()) : embedded;
}

std::vector<Tensor> decode_group(const std::vector<DecoderPart>& parts) {
  if (parts.front().model->config().is_causal()) return decode_causal_group(parts, kDecoderSites);
  std::vector<StackCell> cells;
  for (const DecoderPart& part : parts) {
    cells.push_back({.model = part.model,
                     .options = part.options,
                     .embedded_BXD = part.embedded_BTD(),
                     .self_mask_BX = part.options.segments_BT,
                     .memory_BSD = part.memory_BSD,
                     .memory_mask_BS = part.mask_BS,
                     .segments_BX = part.options.segments_BT});
  }
  return run_stack(/*decoder=*/true, std::move(cells), kDecoderSites);
}

Tensor losses_of_group(const std::vector<HeadPart>& parts) {
  const T5Model& model = *parts.front().model;
  std::vector<Tensor> hidden, labels;
  std::vector<LossPart> rows;
  for (const HeadPart& part : parts) {
    hidden.push_back(part.hidden_BTD.flatten(0, 1));
    labels.push_back(part.labels_BT.flatten());
    rows.push_back({.rows = labels.back().size(0), .settings = part.settings});
    if (part.weights_BT.defined()) rows.back().weights_R = part.weights_BT.flatten();
  }
  return head_losses(join_rows(hidden), model.head(),
                     parts.size() == 1 ? labels[0] : at::cat(labels), model.logit_scale(), rows);
}

double T5Model::logit_scale() const {
  return config_.scale_decoder_outputs ? std::pow(static_cast<double>(config_.d_model), -0.5) : 1.0;
}

Tensor T5Model::logits(const Tensor& hidden_BTD) const {
  return linear(config_.scale_decoder_outputs ? hidden_BTD * logit_scale() : hidden_BTD, head_);
}

Tensor T5Model::loss(const Tensor& hidden_BTD, const Tensor& labels_BT,
                     const CrossEntropy& settings) const {
  return losses_of_group({{this, hidden_BTD, labels_BT, settings}}).squeeze(0);
}

bool may_share(const T5Model& a, const T5Model& b) {
  const NamedTensors first = named_tensors(a.config(), a.weights()),
                     second = named_tensors(b.config(), b.weights());
  if (first.size() != second.size()) return false;
  for (size_t i = 0; i < first.size(); ++i) {
    const Tensor &x = first[i].second, &y = second[i].second;
    if (x.data_ptr() != y.data_ptr() || x.sizes() != y.sizes()) return false;
    if (x.requires_grad() || y.requires_grad()) return false;
  }
  return true;
}

void T5Model::set_addition(const std::string& weight_name, WeightAddition addition) {
  for (const auto& [name, tensor] : named_tensors(config_, weights_)) {
    if (name != weight_name) continue;
    for (Projection* projection : projections()) {
      for (size_t i = 0; i < projection->parts.size(); ++i) {
        if (!projection->parts[i].is_same(tensor)) continue;
        projection->additions.resize(projection->parts.size());
        projection->additions[i] = std::move(addition);
        return number_addition_sites();
      }
    }
  }
  throw_<ConfigError>("{}: the model has no such weight in a block's linear layers", weight_name);
}

void T5Model::number_addition_sites() {
  uint64_t number = kAdditionSites;
  for (Projection* projection : projections()) {
    for (WeightAddition& addition : projection->additions) addition.dropout_site = number++;
  }
}

}  // namespace dovetail
