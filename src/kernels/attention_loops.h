// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dropout_bits.h"

namespace dovetail {

// Attention over packed projections. Shape suffixes as in model/t5.h; a row is a position, and a
// head's C channels lie side by side in it. Rows of q, k and v are `*_stride` numbers apart, so
// that q, k and v may be columns of one product.
struct AttentionShape {
  int64_t batch = 0, heads = 0, queries = 0, keys = 0, channels = 0;
  int64_t q_stride = 0, kv_stride = 0, out_stride = 0;

  int64_t padded_keys() const { return (keys + 15) / 16 * 16; }  // row length of the probabilities
};

struct AttentionForward {
  AttentionShape shape;
  const float *q, *k, *v;
  const float* bias;     // [H, T, S] or absent
  const float* mask;     // [B, S]: 1 for tokens, 0 for padding; or absent
  float* probabilities;  // [B, H, T, padded S]: softmax, before dropout
  float* out;            // [B, T, H * C]
  DropoutBits dropout;   // of the probabilities
};

struct AttentionBackward {
  AttentionShape shape;
  const float *q, *k, *v, *probabilities, *dout;
  float *dq, *dk, *dv;  // strides as q, k and v; every element is set
  float* dbias;         // [H, T, S], added to; or absent
  DropoutBits dropout;
};

// Numbers of scratch that one head needs.
int64_t attention_scratch(const AttentionShape& shape);

// One head of one sequence.
void attention_forward(const AttentionForward& work, int64_t batch, int64_t head, float* scratch);
void attention_backward(const AttentionBackward& work, int64_t batch, int64_t head, float* scratch);

}  // namespace dovetail
