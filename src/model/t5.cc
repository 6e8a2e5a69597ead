// SPDX-License-Identifier: Apache-2.0
#include "model/t5.h"

#include <ATen/ops/full.h>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "kernels/activation.h"
#include "kernels/add_norm.h"
#include "kernels/dropout.h"
#include "kernels/embedding.h"
#include "model/checkpointing.h"
#include "model/position_bias.h"

namespace dovetail {

using at::Tensor;

namespace {

// Dropout sites are numbered: the encoder's from 0, the decoder's and the additions' from here.
constexpr uint64_t kDecoderSites = 1u << 20, kAdditionSites = 1u << 21, kSitesOfABlock = 8;

// Of queries behind `prefix` keys that all of them see.
Tensor causal_bias(int64_t length, int64_t prefix, const at::TensorOptions& options) {
  return at::full({length, prefix + length}, std::numeric_limits<float>::lowest(), options)
      .triu(prefix + 1);
}

BlockProjections join_block(const T5Config& config, BlockWeights& w, bool decoder) {
  BlockProjections p;
  AttentionWeights &self = w.self_attention, &cross = w.cross_attention;
  p.self_qkv = join_weights({&self.q_ID, &self.k_ID, &self.v_ID});
  p.self_o = join_weights({&self.o_DI});
  if (decoder) {
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

struct T5Model::BlockInputs {
  ForwardOptions options;
  Tensor self_bias_HXX, self_mask_BX;  // the mask: encoder, and decoder with segments
  Tensor memory_BSD, memory_mask_BS;   // decoder only
  Tensor segments_BX;                  // of the stack's own tokens; undefined without
};

struct T5Model::Block {
  const BlockWeights& w;
  const BlockProjections& p;
  BlockAdditions additions;
  Tensor next_norm_D;  // of the sublayer that follows the block
};

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

Activation T5Model::activation() const {
  if (!config_.gated()) return Activation::relu;
  return config_.feed_forward_proj == "gated-gelu" ? Activation::gated_gelu
                                                   : Activation::gated_silu;
}

AddNormOutput T5Model::next_norm(const AddNormOutput& stream, const Tensor& x_BXD,
                                 const Tensor& norm_D, const Dropout& dropout) const {
  return add_norm(stream.hidden_RD, x_BXD, norm_D, config_.layer_norm_epsilon, dropout);
}

Tensor T5Model::embed(const Tensor& ids_BS) const { return embed_ids(weights_.shared_VD, ids_BS); }

// The attention over the stack's own tokens, before the output's matrix.
Tensor T5Model::self_attention(const Block& block, const BlockInputs& in, const Tensor& normed_BXD,
                               const Dropout& dropout) const {
  AttentionInputs inputs{.q = linear(normed_BXD, block.p.self_qkv, in.options.dropout_seed),
                         .bias_HTS = in.self_bias_HXX,
                         .mask_BS = in.self_mask_BX,
                         .segments_BT = in.segments_BX,
                         .heads = config_.num_heads,
                         .dropout = dropout};
  if (const Tensor& prefix = block.additions.self_prefix_P2I; prefix.defined()) {
    DOVETAIL_CHECK(!in.segments_BX.defined());
    const int64_t inner = config_.inner_dim();
    inputs.kv = behind_prefix(prefix, inputs.q.narrow(2, inner, 2 * inner));
    inputs.q = inputs.q.narrow(2, 0, inner);
    inputs.mask_BS = mask_behind_prefix(prefix, in.self_mask_BX);
  }
  return attention(inputs);
}

Tensor T5Model::cross_attention(const Block& block, const BlockInputs& in, const Tensor& normed_BXD,
                                const Dropout& dropout) const {
  const uint64_t seed = in.options.dropout_seed;
  const Tensor& prefix = block.additions.cross_prefix_P2I;
  DOVETAIL_CHECK(!prefix.defined() || !in.segments_BX.defined());
  const Tensor q = linear(normed_BXD, block.p.cross_q, seed);
  return attention({.q = q,
                    .kv = behind_prefix(prefix, linear(in.memory_BSD, block.p.cross_kv, seed)),
                    .mask_BS = mask_behind_prefix(prefix, in.memory_mask_BS),
                    .segments_BT = in.segments_BX,
                    .heads = config_.num_heads,
                    .dropout = dropout});
}

AddNormOutput T5Model::run_block(const Block& block, const BlockInputs& in, AddNormOutput stream,
                                 uint64_t first_site) const {
  const auto& [w, p, additions, next_norm_D] = block;
  const uint64_t seed = in.options.dropout_seed;
  const auto site = [&](uint64_t number) { return in.options.at_site(first_site + number); };
  Tensor x = linear(self_attention(block, in, stream.normed_RD, site(0)), p.self_o, seed);
  x = add_bottleneck(additions.self_adapter, x, stream.normed_RD);
  if (in.memory_BSD.defined()) {
    stream = next_norm(stream, x, w.cross_attention.norm_D, site(1));
    x = linear(cross_attention(block, in, stream.normed_RD, site(2)), p.cross_o, seed);
    x = add_bottleneck(additions.cross_adapter, x, stream.normed_RD);
  }
  stream = next_norm(stream, x, w.feed_forward.norm_D, site(3));
  const Tensor inner = linear(stream.normed_RD, p.wi, seed);
  x = linear(feed_forward_activation(inner, activation(), site(4)), p.wo, seed);
  x = add_bottleneck(additions.feed_forward_adapter, x, stream.normed_RD);
  return next_norm(stream, x, next_norm_D, site(5));
}

AddNormOutput T5Model::checkpointed_block(const Block& block, const BlockInputs& in,
                                          const AddNormOutput& stream, uint64_t first_site) const {
  const auto run = [=, this](const std::vector<Tensor>& x) -> std::vector<Tensor> {
    const BlockInputs inputs{.options = in.options,
                             .self_bias_HXX = x[2],
                             .self_mask_BX = in.self_mask_BX,
                             .memory_BSD = x[3],
                             .memory_mask_BS = in.memory_mask_BS,
                             .segments_BX = in.segments_BX};
    BlockAdditions additions = block.additions;
    additions.self_prefix_P2I = x[4];
    additions.cross_prefix_P2I = x[5];
    const Block same{block.w, block.p, additions, block.next_norm_D};
    const AddNormOutput out = run_block(same, inputs, {x[0], x[1]}, first_site);
    return {out.hidden_RD, out.normed_RD};
  };
  const std::vector<Tensor> out =
      run_checkpointed(run,
                       {stream.hidden_RD, stream.normed_RD, in.self_bias_HXX, in.memory_BSD,
                        block.additions.self_prefix_P2I, block.additions.cross_prefix_P2I},
                       block.w.self_attention.q_ID);
  return {out[0], out[1]};
}

Tensor T5Model::run_stack(bool decoder, const Tensor& embedded_BXD, BlockInputs inputs,
                          uint64_t first_site) const {
  const StackWeights& stack = decoder ? weights_.decoder : weights_.encoder;
  const ForwardOptions& options = inputs.options;
  const auto& blocks = stack.blocks;
  AddNormOutput stream{.hidden_RD = dropout(embedded_BXD, options.at_site(first_site++)),
                       .normed_RD = Tensor()};
  stream = next_norm(stream, Tensor(), blocks[0].self_attention.norm_D, Dropout{});
  for (size_t i = 0; i < blocks.size(); ++i) {
    const Block block{
        blocks[i], (decoder ? decoder_ : encoder_)[i],
        (decoder ? decoder_additions_ : encoder_additions_)[i],
        i + 1 < blocks.size() ? blocks[i + 1].self_attention.norm_D : stack.final_norm_D};
    if (blocks[i].self_attention.relative_attention_bias_KH.defined()) {
      inputs.self_bias_HXX = position_bias_of(block, decoder, embedded_BXD.size(1));
    }
    stream = options.activation_checkpointing
                 ? checkpointed_block(block, inputs, stream, first_site)
                 : run_block(block, inputs, stream, first_site);
    first_site += kSitesOfABlock;
  }
  return dropout(stream.normed_RD, options.at_site(first_site));
}

Tensor T5Model::position_bias_of(const Block& block, bool decoder, int64_t length) const {
  const Tensor& weight_KH = block.w.self_attention.relative_attention_bias_KH;
  const int64_t prefix = block.additions.self_prefix();
  const Tensor bias_HTS =
      position_bias(weight_KH, config_, !decoder, prefix, length, prefix + length).squeeze(0);
  if (!decoder) return bias_HTS;
  return bias_HTS + causal_bias(length, prefix, weight_KH.options().requires_grad(false));
}

Tensor T5Model::encode(const Tensor& embedded_BSD, const Tensor& mask_BS,
                       const ForwardOptions& options) const {
  BlockInputs inputs{.options = options, .self_mask_BX = mask_BS};
  if (options.segments_BT.defined()) inputs.segments_BX = mask_BS;
  return run_stack(/*decoder=*/false, embedded_BSD, inputs, 0);
}

Tensor T5Model::decode(const Tensor& decoder_ids_BT, const Tensor& memory_BSD,
                       const Tensor& mask_BS, const ForwardOptions& options) const {
  return run_stack(/*decoder=*/true, embed(decoder_ids_BT),
                   {.options = options,
                    .self_mask_BX = options.segments_BT,
                    .memory_BSD = memory_BSD,
                    .memory_mask_BS = mask_BS,
                    .segments_BX = options.segments_BT},
                   kDecoderSites);
}

double T5Model::logit_scale() const {
  return config_.scale_decoder_outputs ? std::pow(static_cast<double>(config_.d_model), -0.5) : 1.0;
}

Tensor T5Model::logits(const Tensor& hidden_BTD) const {
  return linear(config_.scale_decoder_outputs ? hidden_BTD * logit_scale() : hidden_BTD, head_);
}

Tensor T5Model::loss(const Tensor& hidden_BTD, const Tensor& labels_BT,
                     const CrossEntropy& settings) const {
  return head_loss(hidden_BTD.flatten(0, 1), head_, labels_BT.flatten(), logit_scale(), settings);
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
