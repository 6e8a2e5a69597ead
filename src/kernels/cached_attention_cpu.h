// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Attention of one query over a KV cache, as in generation. Positions lie anywhere in memory:
// position t's key and value for all heads are the rows keys[t] and values[t], H * C numbers each.
struct CachedAttention {
  int64_t heads = 0, channels = 0, positions = 0;
  const float* const* keys = nullptr;
  const float* const* values = nullptr;
  const float* bias = nullptr;  // [H, bias_row] by position; or null
  int64_t bias_row = 0;
};

// out = softmax(q k^T + bias) v, H * C numbers. `scores` is scratch for H * positions
// numbers.
void cached_attention(const CachedAttention& attention, const float* query, float* scores,
                      float* out);

}  // namespace dovetail
