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

// Dropout sites are numbered; the decoder's begin here.
constexpr uint64_t kDecoderSites = 1u << 20, kLowRankSites = 1u << 21, kSitesOfABlock = 8;

Tensor causal_bias(int64_t length, const at::TensorOptions& options) {
  return at::full({length, length}, std::numeric_limits<float>::lowest(), options).triu(1);
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

std::vector<Projection*> projections_of(BlockProjections& p) {
  return {&p.self_qkv, &p.self_o, &p.cross_q, &p.cross_kv, &p.cross_o, &p.wi, &p.wo};
}

}  // namespace

// Before a sublayer: the residual stream, and its norm by that sublayer's weight.
struct T5Model::Stream {
  Tensor hidden, normed;
};

struct T5Model::BlockInputs {
  Tensor self_bias_HTS, self_mask;    // the mask: encoder only
  Tensor memory_BSD, memory_mask_BS;  // decoder only
};

T5Model::T5Model(T5Config config, T5Weights weights)
    : config_(std::move(config)), weights_(std::move(weights)) {
  for (BlockWeights& w : weights_.encoder.blocks) encoder_.push_back(join_block(config_, w, false));
  for (BlockWeights& w : weights_.decoder.blocks) decoder_.push_back(join_block(config_, w, true));
  head_ = join_weights({config_.tie_word_embeddings ? &weights_.shared_VD : &weights_.lm_head_VD});
}

void T5Model::set_dropout(double rate, uint64_t seed) {
  dropout_ = {rate, seed};
  uint64_t number = kLowRankSites;
  for (auto* stack : {&encoder_, &decoder_}) {
    for (BlockProjections& block : *stack) {
      for (Projection* projection : projections_of(block)) {
        for (LowRank& low_rank : projection->low_rank) {
          low_rank.dropout_seed = seed == 0 ? 0 : site(number++).seed;
        }
      }
    }
  }
}

void T5Model::set_packing(Packing packing) {
  packing_ = packing;
  for (auto* stack : {&encoder_, &decoder_}) {
    for (BlockProjections& block : *stack) {
      for (Projection* projection : projections_of(block))
        dovetail::set_packing(*projection, packing);
    }
  }
  dovetail::set_packing(head_, packing);
}

Activation T5Model::activation() const {
  if (!config_.gated()) return Activation::relu;
  return config_.feed_forward_proj == "gated-gelu" ? Activation::gated_gelu
                                                   : Activation::gated_silu;
}

Dropout T5Model::site(uint64_t number) const { return dropout_.at_site(number); }

T5Model::Stream T5Model::seam(const Tensor& hidden, const Tensor& x, const Tensor& norm_D,
                              uint64_t number) const {
  AddNormOutput out = add_norm(hidden, x, norm_D, config_.layer_norm_epsilon, site(number));
  return {std::move(out.hidden), std::move(out.normed)};
}

Tensor T5Model::embed(const Tensor& ids_BS) const { return embed_ids(weights_.shared_VD, ids_BS); }

T5Model::Stream T5Model::block(const BlockWeights& w, const BlockProjections& p,
                               const BlockInputs& in, const Tensor& next_norm_D, Stream stream,
                               uint64_t first_site) const {
  const int64_t heads = config_.num_heads;
  Tensor x = linear(attention({linear(stream.normed, p.self_qkv), Tensor(), in.self_bias_HTS,
                               in.self_mask, heads, site(first_site)}),
                    p.self_o);
  if (in.memory_BSD.defined()) {
    stream = seam(stream.hidden, x, w.cross_attention.norm_D, first_site + 1);
    x = linear(attention({linear(stream.normed, p.cross_q), linear(in.memory_BSD, p.cross_kv),
                          Tensor(), in.memory_mask_BS, heads, site(first_site + 2)}),
               p.cross_o);
  }
  stream = seam(stream.hidden, x, w.feed_forward.norm_D, first_site + 3);
  x = linear(
      feed_forward_activation(linear(stream.normed, p.wi), activation(), site(first_site + 4)),
      p.wo);
  return seam(stream.hidden, x, next_norm_D, first_site + 5);
}

T5Model::Stream T5Model::checkpointed_block(const BlockWeights& w, const BlockProjections& p,
                                            const BlockInputs& in, const Tensor& next_norm_D,
                                            Stream stream, uint64_t first_site) const {
  const auto run = [=, this](const std::vector<Tensor>& x) -> std::vector<Tensor> {
    const BlockInputs inputs{x[2], in.self_mask, x[3], in.memory_mask_BS};
    Stream out = block(w, p, inputs, next_norm_D, {x[0], x[1]}, first_site);
    return {out.hidden, out.normed};
  };
  const std::vector<Tensor> out = run_checkpointed(
      run, {stream.hidden, stream.normed, in.self_bias_HTS, in.memory_BSD}, w.self_attention.q_ID);
  return {out[0], out[1]};
}

Tensor T5Model::run_stack(const StackWeights& stack,
                          const std::vector<BlockProjections>& projections, const Tensor& embedded,
                          BlockInputs inputs, uint64_t first_site) const {
  const bool decoder = inputs.memory_BSD.defined();
  const auto& blocks = stack.blocks;
  Stream stream =
      seam(dropout(embedded, site(first_site++)), Tensor(), blocks[0].self_attention.norm_D, 0);
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].self_attention.relative_attention_bias_KH.defined()) {
      inputs.self_bias_HTS = position_bias_of(blocks[i], decoder, embedded.size(1));
    }
    const Tensor& next =
        i + 1 < blocks.size() ? blocks[i + 1].self_attention.norm_D : stack.final_norm_D;
    stream = checkpointing_
                 ? checkpointed_block(blocks[i], projections[i], inputs, next, stream, first_site)
                 : block(blocks[i], projections[i], inputs, next, stream, first_site);
    first_site += kSitesOfABlock;
  }
  return dropout(stream.normed, site(first_site));
}

Tensor T5Model::position_bias_of(const BlockWeights& block, bool decoder, int64_t length) const {
  const Tensor& weight_KH = block.self_attention.relative_attention_bias_KH;
  const Tensor bias_HTS = position_bias(weight_KH, config_, !decoder, 0, length, length).squeeze(0);
  return decoder ? bias_HTS + causal_bias(length, weight_KH.options().requires_grad(false))
                 : bias_HTS;
}

Tensor T5Model::encode(const Tensor& embedded_BSD, const Tensor& mask_BS) const {
  return run_stack(weights_.encoder, encoder_, embedded_BSD,
                   {Tensor(), mask_BS, Tensor(), Tensor()}, 0);
}

Tensor T5Model::decode(const Tensor& decoder_ids_BT, const Tensor& memory_BSD,
                       const Tensor& mask_BS) const {
  return run_stack(weights_.decoder, decoder_, embed(decoder_ids_BT),
                   {Tensor(), Tensor(), memory_BSD, mask_BS}, kDecoderSites);
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

void T5Model::set_low_rank(const std::string& weight_name, LowRank low_rank) {
  for (const auto& [name, tensor] : named_tensors(config_, weights_)) {
    if (name != weight_name) continue;
    for (auto* stack : {&encoder_, &decoder_}) {
      for (BlockProjections& block : *stack) {
        for (Projection* projection : projections_of(block)) {
          for (size_t i = 0; i < projection->parts.size(); ++i) {
            if (!projection->parts[i].is_same(tensor)) continue;
            projection->low_rank.resize(projection->parts.size());
            projection->low_rank[i] = std::move(low_rank);
            return;
          }
        }
      }
    }
  }
  throw_<ConfigError>("{}: the model has no such weight in a product", weight_name);
}

}  // namespace dovetail
