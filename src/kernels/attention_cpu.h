// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dropout_bits.h"

namespace dovetail {

// Attention over joined projections. Shape suffixes as in kernels/attention.h. A row is a position,
// and the C channels of a head are contiguous in it. Rows of q, k and v are `*_stride` numbers
// apart, so that q, k and v may be columns of one matmul's result.
struct AttentionShape {
  int64_t batch = 0, heads = 0, queries = 0, keys = 0, channels = 0;
  int64_t q_stride = 0, kv_stride = 0, out_stride = 0;

  int64_t padded_keys() const { return (keys + 15) / 16 * 16; }  // row length of the probabilities
};

struct AttentionForward {
  AttentionShape shape;
  const float *q = nullptr, *k = nullptr, *v = nullptr;
  const float* bias = nullptr;      // [H, T, S] or null
  const float* mask = nullptr;      // [B, S]: 1 for tokens, 0 for padding; or null
  const float* segments = nullptr;  // [B, T]: a query sees the keys of whose mask it is; or null
  float* probabilities = nullptr;   // [B, H, T, padded S]: softmax, before dropout
  float* out = nullptr;             // [B, T, H * C]
  DropoutBits dropout;              // of the probabilities
};

struct AttentionBackward {
  AttentionShape shape;
  const float *q = nullptr, *k = nullptr, *v = nullptr;
  const float* probabilities = nullptr;
  const float* dout = nullptr;
  float *dq = nullptr, *dk = nullptr, *dv = nullptr;  // strides as q, k, v; every element is set
  float* dbias = nullptr;                             // [H, T, S], added to; or null
  DropoutBits dropout;
};

// The number of floats of scratch that one head needs.
int64_t attention_scratch(const AttentionShape& shape);

// One head of one sequence.
void attention_forward(const AttentionForward& work, int64_t batch, int64_t head, float* scratch);
void attention_backward(const AttentionBackward& work, int64_t batch, int64_t head, float* scratch);

}  // namespace dovetail
