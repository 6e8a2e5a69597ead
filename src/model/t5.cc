// SPDX-License-Identifier: Apache-2.0
#include "model/t5.h"

#include <cmath>
#include <limits>
#include <utility>

#include "kernels/rms_norm.h"
#include "model/position_bias.h"

namespace dovetail {

using torch::Tensor;

namespace {

// 0 for tokens, the lowest number for padding: [B, 1, 1, S], added to the scores.
Tensor mask_bias(const Tensor& mask_BS) {
  return ((1.0 - mask_BS) * std::numeric_limits<float>::lowest()).unsqueeze(1).unsqueeze(1);
}

Tensor causal_bias(int64_t length, const torch::TensorOptions& options) {
  return torch::full({length, length}, std::numeric_limits<float>::lowest(), options).triu(1);
}

}  // namespace

T5Model::T5Model(T5Config config, T5Weights weights)
    : config_(std::move(config)), weights_(std::move(weights)) {}

Tensor T5Model::drop(const Tensor& x) const {
  return dropout_ > 0 ? torch::dropout(x, dropout_, /*train=*/true) : x;
}

Tensor T5Model::norm(const Tensor& hidden, const Tensor& weight_D) const {
  return rms_norm(hidden, weight_D, config_.layer_norm_epsilon);
}

Tensor T5Model::project(const Tensor& hidden, const Tensor& weight) const {
  return torch::linear(hidden, weight);
}

Tensor T5Model::split_heads(const Tensor& x_BTI) const {
  return x_BTI.view({x_BTI.size(0), x_BTI.size(1), config_.num_heads, config_.d_kv}).transpose(1, 2);
}

Tensor T5Model::embed(const Tensor& ids_BS) const {
  return torch::embedding(weights_.shared_VD, ids_BS);
}

// T5 does not divide the scores by the square root of d_kv: the initial scale of q does it.
Tensor T5Model::attend(const Tensor& query_BHTC, const KeyValue& memory, const Tensor& bias) const {
  Tensor scores_BHTS = torch::matmul(query_BHTC, memory.key_BHTC.transpose(2, 3));
  if (bias.defined()) scores_BHTS = scores_BHTS + bias;
  const Tensor weights_BHTS = drop(torch::softmax(scores_BHTS, -1));
  const Tensor mixed_BHTC = torch::matmul(weights_BHTS, memory.value_BHTC);
  return mixed_BHTC.transpose(1, 2).reshape({mixed_BHTC.size(0), mixed_BHTC.size(2), -1});
}

Tensor T5Model::self_attention(const AttentionWeights& w, const Tensor& hidden,
                               const Tensor& bias) const {
  const Tensor normed = norm(hidden, w.norm_D);
  const KeyValue memory{split_heads(project(normed, w.k_ID)), split_heads(project(normed, w.v_ID))};
  const Tensor mixed = attend(split_heads(project(normed, w.q_ID)), memory, bias);
  return hidden + drop(project(mixed, w.o_DI));
}

Tensor T5Model::cross_attention(const AttentionWeights& w, const Tensor& hidden,
                                const KeyValue& memory, const Tensor& mask_bias) const {
  const Tensor normed = norm(hidden, w.norm_D);
  const Tensor mixed = attend(split_heads(project(normed, w.q_ID)), memory, mask_bias);
  return hidden + drop(project(mixed, w.o_DI));
}

Tensor T5Model::feed_forward(const FeedForwardWeights& w, const Tensor& hidden) const {
  const Tensor normed = norm(hidden, w.norm_D);
  Tensor inner = project(normed, w.wi_FD);
  if (!config_.gated()) {
    inner = torch::relu(inner);
  } else {
    // "gated-gelu" is the tanh approximation, as published
    inner = config_.feed_forward_proj == "gated-gelu" ? torch::gelu(inner, "tanh") : torch::silu(inner);
    inner = inner * project(normed, w.wi_1_FD);
  }
  return hidden + drop(project(drop(inner), w.wo_DF));
}

Tensor T5Model::encode(const Tensor& embedded_BSD, const Tensor& mask_BS) const {
  const int64_t length = embedded_BSD.size(1);
  const Tensor bias = position_bias(
      weights_.encoder.blocks[0].self_attention.relative_attention_bias_KH, config_,
      /*bidirectional=*/true, 0, length, length) + mask_bias(mask_BS);
  Tensor hidden = drop(embedded_BSD);
  for (const BlockWeights& block : weights_.encoder.blocks) {
    hidden = self_attention(block.self_attention, hidden, bias);
    hidden = feed_forward(block.feed_forward, hidden);
  }
  return drop(norm(hidden, weights_.encoder.final_norm_D));
}

Tensor T5Model::decode(const Tensor& decoder_ids_BT, const Tensor& memory_BSD,
                       const Tensor& mask_BS) const {
  const int64_t length = decoder_ids_BT.size(1);
  const Tensor bias = position_bias(
      weights_.decoder.blocks[0].self_attention.relative_attention_bias_KH, config_,
      /*bidirectional=*/false, 0, length, length) + causal_bias(length, memory_BSD.options());
  const Tensor source_bias = mask_bias(mask_BS);
  Tensor hidden = drop(embed(decoder_ids_BT));
  for (const BlockWeights& block : weights_.decoder.blocks) {
    hidden = self_attention(block.self_attention, hidden, bias);
    const KeyValue memory{split_heads(project(memory_BSD, block.cross_attention.k_ID)),
                          split_heads(project(memory_BSD, block.cross_attention.v_ID))};
    hidden = cross_attention(block.cross_attention, hidden, memory, source_bias);
    hidden = feed_forward(block.feed_forward, hidden);
  }
  return drop(norm(hidden, weights_.decoder.final_norm_D));
}

Tensor T5Model::logits(const Tensor& hidden_BTD) const {
  const Tensor& head_VD = config_.tie_word_embeddings ? weights_.shared_VD : weights_.lm_head_VD;
  if (!config_.scale_decoder_outputs) return project(hidden_BTD, head_VD);
  return project(hidden_BTD * std::pow(static_cast<double>(config_.d_model), -0.5), head_VD);
}

DecoderCache T5Model::start_decoding(const Tensor& memory_BSD) const {
  DecoderCache cache;
  cache.self.resize(weights_.decoder.blocks.size());
  for (const BlockWeights& block : weights_.decoder.blocks) {
    cache.cross.push_back(
        {split_heads(project(memory_BSD, block.cross_attention.k_ID)).contiguous(),
         split_heads(project(memory_BSD, block.cross_attention.v_ID)).contiguous()});
  }
  return cache;
}

Tensor T5Model::decode_step(const Tensor& ids_B, DecoderCache& cache, const Tensor& mask_BS) const {
  const Tensor bias = position_bias(
      weights_.decoder.blocks[0].self_attention.relative_attention_bias_KH, config_,
      /*bidirectional=*/false, cache.length, 1, cache.length + 1);
  const Tensor source_bias = mask_bias(mask_BS);
  Tensor hidden = embed(ids_B.unsqueeze(1));
  for (size_t i = 0; i < weights_.decoder.blocks.size(); ++i) {
    const BlockWeights& block = weights_.decoder.blocks[i];
    const AttentionWeights& w = block.self_attention;
    const Tensor normed = norm(hidden, w.norm_D);
    KeyValue& past = cache.self[i];
    const Tensor key = split_heads(project(normed, w.k_ID));
    const Tensor value = split_heads(project(normed, w.v_ID));
    past.key_BHTC = cache.length == 0 ? key.contiguous() : torch::cat({past.key_BHTC, key}, 2);
    past.value_BHTC = cache.length == 0 ? value.contiguous() : torch::cat({past.value_BHTC, value}, 2);
    hidden = hidden + project(attend(split_heads(project(normed, w.q_ID)), past, bias), w.o_DI);
    hidden = cross_attention(block.cross_attention, hidden, cache.cross[i], source_bias);
    hidden = feed_forward(block.feed_forward, hidden);
  }
  ++cache.length;
  return norm(hidden, weights_.decoder.final_norm_D);
}

}  // namespace dovetail
