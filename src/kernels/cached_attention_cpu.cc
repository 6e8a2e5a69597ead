// SPDX-License-Identifier: Apache-2.0
#include "kernels/cached_attention_cpu.h"

#include "kernels/simd.h"
#include "kernels/vector_math.h"

namespace dovetail {

DOVETAIL_SIMD void cached_attention(const CachedAttention& attention, const float* query,
                                    float* scores, float* out) {
  const int64_t channels = attention.channels, positions = attention.positions;
  for (int64_t head = 0; head < attention.heads; ++head) {
    const int64_t begin = head * channels;
    const float* __restrict q = query + begin;
    const float* bias =
        attention.bias == nullptr ? nullptr : attention.bias + head * attention.bias_row;
    float largest = -1e30f;
    for (int64_t t = 0; t < positions; ++t) {
      const float* __restrict key = attention.keys[t] + begin;
      float score = 0;
      for (int64_t c = 0; c < channels; ++c) score += q[c] * key[c];
      if (bias != nullptr) score += bias[t];
      scores[t] = score;
      largest = score > largest ? score : largest;
    }
    float sum = 0;
    for (int64_t t = 0; t < positions; ++t) {
      scores[t] = vector_exp(scores[t] - largest);
      sum += scores[t];
    }
    const float inverse = 1.0f / sum;
    float* __restrict mixed = out + begin;
    for (int64_t c = 0; c < channels; ++c) mixed[c] = 0;
    for (int64_t t = 0; t < positions; ++t) {
      const float* __restrict value = attention.values[t] + begin;
      const float p = scores[t] * inverse;
      for (int64_t c = 0; c < channels; ++c) mixed[c] += p * value[c];
    }
  }
}

}  // namespace dovetail
