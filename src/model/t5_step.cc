// SPDX-License-Identifier: Apache-2.0
// Generation: one position a call, with the keys and values of those before.
#include <limits>

#include "kernels/activation.h"
#include "kernels/add_norm.h"
#include "kernels/embedding.h"
#include "model/position_bias.h"
#include "model/t5.h"

namespace dovetail {

using torch::Tensor;

namespace {

// 0 for tokens, the lowest number for padding: [B, 1, 1, S], added to the scores.
Tensor mask_bias(const Tensor& mask_BS) {
  return ((1.0 - mask_BS) * std::numeric_limits<float>::lowest()).unsqueeze(1).unsqueeze(1);
}

}  // namespace

Tensor T5Model::split_heads(const Tensor& x_BTI) const {
  return x_BTI.view({x_BTI.size(0), x_BTI.size(1), config_.num_heads, config_.d_kv}).transpose(1, 2);
}

Tensor T5Model::step_attention(const Tensor& query_BTI, const KeyValue& memory, const Tensor& bias) const {
  const Tensor scores_BHTS =
      torch::matmul(split_heads(query_BTI), memory.key_BHTC.transpose(2, 3)) + bias;
  const Tensor mixed_BHTC = torch::matmul(torch::softmax(scores_BHTS, -1), memory.value_BHTC);
  return mixed_BHTC.transpose(1, 2).reshape({mixed_BHTC.size(0), mixed_BHTC.size(2), -1});
}

DecoderCache T5Model::start_decoding(const Tensor& memory_BSD) const {
  DecoderCache cache;
  cache.self.resize(decoder_.size());
  for (const BlockProjections& p : decoder_) {
    const std::vector<Tensor> kv = linear(memory_BSD, p.cross_kv).chunk(2, -1);
    cache.cross.push_back({split_heads(kv[0].contiguous()).contiguous(),
                           split_heads(kv[1].contiguous()).contiguous()});
  }
  return cache;
}

Tensor T5Model::decode_step(const Tensor& ids_B, DecoderCache& cache, const Tensor& mask_BS) const {
  const Tensor source_bias = mask_bias(mask_BS);
  Tensor hidden = embed(ids_B.unsqueeze(1)), bias;
  for (size_t i = 0; i < decoder_.size(); ++i) {
    const BlockWeights& w = weights_.decoder.blocks[i];
    const BlockProjections& p = decoder_[i];
    if (w.self_attention.relative_attention_bias_KH.defined()) {
      bias = position_bias(w.self_attention.relative_attention_bias_KH, config_, /*bidirectional=*/false,
                           cache.length, 1, cache.length + 1);
    }
    const std::vector<Tensor> qkv = linear(norm(hidden, w.self_attention.norm_D), p.self_qkv).chunk(3, -1);
    KeyValue& past = cache.self[i];
    const Tensor key = split_heads(qkv[1].contiguous()), value = split_heads(qkv[2].contiguous());
    past.key_BHTC = cache.length == 0 ? key.contiguous() : torch::cat({past.key_BHTC, key}, 2);
    past.value_BHTC = cache.length == 0 ? value.contiguous() : torch::cat({past.value_BHTC, value}, 2);
    hidden = hidden + linear(step_attention(qkv[0].contiguous(), past, bias), p.self_o);
    const Tensor query = linear(norm(hidden, w.cross_attention.norm_D), p.cross_q);
    hidden = hidden + linear(step_attention(query, cache.cross[i], source_bias), p.cross_o);
    const Tensor inner = linear(norm(hidden, w.feed_forward.norm_D), p.wi);
    hidden = hidden + linear(feed_forward_activation(inner, activation(), {}), p.wo);
  }
  ++cache.length;
  return norm(hidden, weights_.decoder.final_norm_D);
}

}  // namespace dovetail
