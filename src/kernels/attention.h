// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout_bits.h"

// Shape suffixes: B batch, T queries, S keys, H heads, C channels of a head, I = H * C.
namespace dovetail {

struct AttentionInputs {
  at::Tensor q;         // [B, T, I]; without kv: [B, T, 3 I], which holds q, k and v
  at::Tensor kv;        // [B, S, 2 I]: k and v; undefined for self-attention
  at::Tensor bias_HTS;  // added to the scores; may need a gradient; or undefined
  at::Tensor mask_BS;   // 1 for tokens, 0 for padding; or undefined
  int64_t heads = 0;
  Dropout dropout;  // of the probabilities
};

// softmax(q k^T + bias, over tokens only) v: [B, T, I]. T5 does not divide the scores by the square
// root of C: the initial scale of q does it.
// Scores and probabilities of a sequence's head are computed, used and differentiated while they
// are in the nearest cache; float32 on the CPU only, the reference elsewhere.
at::Tensor attention(const AttentionInputs& inputs);
at::Tensor attention_reference(const AttentionInputs& inputs);

}  // namespace dovetail
