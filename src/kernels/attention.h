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
  // Where several examples share a row: the example of each query, and mask_BS has that of each
  // key. A query sees the keys of its own example. Float32; or undefined.
  at::Tensor segments_BT;
  int64_t heads = 0;
  Dropout dropout;  // of the probabilities
};

// softmax(q k^T + bias, over tokens only) v: [B, T, I]. Differentiable in q, kv and bias. T5 does
// not divide the scores by the square root of C: the initial scale of q does it.
// Float32 on the CPU computes, uses and differentiates the scores and probabilities of one sequence
// and head while they are in the nearest cache; the reference serves the rest.
at::Tensor attention(const AttentionInputs& inputs);
at::Tensor attention_reference(const AttentionInputs& inputs);

}  // namespace dovetail
