// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <vector>

#include "model/config.h"
#include "model/weights.h"

// Shape suffixes: B batch, S source length, T target length, D d_model, H heads, V vocabulary,
// C d_kv (channels of a head).
namespace dovetail {

// Keys and values of one attention, kept from step to step. [B, H, length, C]
struct KeyValue {
  torch::Tensor key_BHTC, value_BHTC;
};

// What a decoder remembers between two steps of generation.
struct DecoderCache {
  std::vector<KeyValue> self;     // grows by one position a step
  std::vector<KeyValue> cross;    // computed once from the encoder's output
  int64_t length = 0;
};

// The T5 family (Raffel et al. 2020): v1.0 and v1.1 shapes, relative position buckets, RMS norm
// without a mean, no biases, tied or untied head. Stateless but for its weights.
class T5Model {
 public:
  T5Model(T5Config config, T5Weights weights);

  const T5Config& config() const { return config_; }
  const T5Weights& weights() const { return weights_; }

  // Turns dropout on (with the rate given) or off. Off after construction.
  void set_dropout(double rate) { dropout_ = rate; }

  // ids: int64. Rows of the shared embedding.
  torch::Tensor embed(const torch::Tensor& ids_BS) const;

  // mask_BS: 1 for tokens, 0 for padding (float). The encoder's normed output.
  torch::Tensor encode(const torch::Tensor& embedded_BSD, const torch::Tensor& mask_BS) const;

  // Teacher forcing: hidden states before the head.
  torch::Tensor decode(const torch::Tensor& decoder_ids_BT, const torch::Tensor& memory_BSD,
                       const torch::Tensor& mask_BS) const;

  torch::Tensor logits(const torch::Tensor& hidden_BTD) const;

  // Generation: cross keys once, then one position a call. Returns the hidden state [B, 1, D].
  DecoderCache start_decoding(const torch::Tensor& memory_BSD) const;
  torch::Tensor decode_step(const torch::Tensor& ids_B, DecoderCache& cache,
                            const torch::Tensor& mask_BS) const;

 private:
  torch::Tensor attend(const torch::Tensor& query_BHTC, const KeyValue& memory,
                       const torch::Tensor& bias) const;
  torch::Tensor self_attention(const AttentionWeights& w, const torch::Tensor& hidden,
                               const torch::Tensor& bias) const;
  torch::Tensor cross_attention(const AttentionWeights& w, const torch::Tensor& hidden,
                                const KeyValue& memory, const torch::Tensor& mask_bias) const;
  torch::Tensor feed_forward(const FeedForwardWeights& w, const torch::Tensor& hidden) const;
  torch::Tensor split_heads(const torch::Tensor& x_BTI) const;
  torch::Tensor project(const torch::Tensor& hidden, const torch::Tensor& weight) const;
  torch::Tensor norm(const torch::Tensor& hidden, const torch::Tensor& weight_D) const;
  torch::Tensor drop(const torch::Tensor& x) const;

  T5Config config_;
  T5Weights weights_;
  double dropout_ = 0;
};

}  // namespace dovetail
