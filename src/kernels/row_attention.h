// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Attention of one query over positions that lie anywhere in memory, as in generation: position t's
// key and value for all heads are the rows keys[t] and values[t], H * C numbers each.
struct RowAttention {
  int64_t heads, channels, positions;
  const float* const* keys;
  const float* const* values;
  const float* bias;  // [H, bias_row] by position; or absent
  int64_t bias_row;
};

// out = softmax(q k^T + bias) v, H * C numbers. `scores` is scratch for `positions` numbers.
void attend_row(const RowAttention& attention, const float* query, float* scores, float* out);

}  // namespace dovetail
