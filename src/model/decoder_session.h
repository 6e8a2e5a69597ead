// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "model/t5.h"

// Shape suffixes beside those of t5.h: L live sources, N beams of a source, R = L * N rows.
namespace dovetail {

// Decoding step by step, for any search. All that is kept between steps (self-attention keys and
// values, a source's cross-attention keys and values, shared by its beams) is in here and nowhere
// else. Row r belongs to live source r / N. The model must outlive the session; dropout is off.
class DecoderSession {
 public:
  DecoderSession(const T5Model& model, const torch::Tensor& memory_BSD,
                 const torch::Tensor& mask_BS, int64_t beams_per_source);

  // One id a row (int64): the token to go on from. Float32 logits of the next one, on the model's
  // device; the caller may write into them.
  torch::Tensor next_logits(const torch::Tensor& ids_R);

  // Row r becomes what row rows_R[r] was (int64, CPU). Every N rows come from one source; sources
  // without rows are forgotten.
  void select(const torch::Tensor& rows_R);

  int64_t num_rows() const { return live_ * beams_; }

 private:
  torch::Tensor heads_of_rows(const torch::Tensor& hidden_RD, const torch::Tensor& weight) const;
  torch::Tensor self_attention(const AttentionWeights& w, KeyValue& past, const torch::Tensor& bias,
                               const torch::Tensor& hidden_RD) const;
  torch::Tensor cross_attention(const AttentionWeights& w, const KeyValue& source,
                                const torch::Tensor& hidden_RD) const;
  torch::Tensor feed_forward(const FeedForwardWeights& w, const torch::Tensor& hidden_RD) const;
  torch::Tensor self_bias(size_t block) const;

  const T5Model& model_;
  int64_t beams_ = 1, live_ = 0, length_ = 0;
  std::vector<KeyValue> self_;   // [R, H, length, C]
  std::vector<KeyValue> cross_;  // [L, H, S, C]
  torch::Tensor source_bias_;    // [L, 1, 1, S]
};

}  // namespace dovetail
