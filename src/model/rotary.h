// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "model/config.h"

// Shape suffixes: B batch, X length, H heads of queries, G heads of keys and values, C channels of
// a head, I = H * C, W = (H + 2 G) * C.
namespace dovetail {

// The cosines and sines of rotary positions (RoPE; Su et al. 2021): [B, X, 1, C], float32.
// Undefined tensors: a network without them.
struct RotaryAngles {
  at::Tensor cos_BX1C, sin_BX1C;
};

// Of a causal network; undefined where its positions are learned. Channel i and channel i + C / 2
// turn together by position * rope_theta^(-2 i / C), as in Llama's published weights.
RotaryAngles rotary_angles(const at::Tensor& positions_BX, const T5Config& config);

struct AttentionHeads {
  at::Tensor q_BXHC, k_BXGC, v_BXGC;
};

// The heads in the product of the joined weights [B, X, W]: queries and keys turned by the angles,
// and queries divided by the square root of C.
AttentionHeads causal_heads(const at::Tensor& qkv_BXW, const T5Config& config,
                            const RotaryAngles& angles);

// The same as attention() takes them, each group's keys and values for every head of it:
// [B, X, 3 I].
at::Tensor causal_qkv(const at::Tensor& qkv_BXW, const T5Config& config,
                      const RotaryAngles& angles);

}  // namespace dovetail
