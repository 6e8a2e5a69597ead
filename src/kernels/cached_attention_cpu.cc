// SPDX-License-Identifier: Apache-2.0
#include "kernels/cached_attention_cpu.h"

#include "kernels/simd.h"
#include "kernels/vector_math.h"

namespace dovetail {

namespace {

#define DOVETAIL_INLINE inline __attribute__((always_inline))

using Sixteen __attribute__((vector_size(64))) = float;
using SixteenAnywhere __attribute__((vector_size(64), aligned(4), may_alias)) = float;
using HalfSum __attribute__((vector_size(32))) = float;
using QuarterSum __attribute__((vector_size(16))) = float;

DOVETAIL_INLINE float sum_of(const Sixteen& x) {
  const HalfSum eight = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
                        __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
  const QuarterSum four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
                          __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  return (four[0] + four[1]) + (four[2] + four[3]);
}

// One head's channels, a number of vectors known to the compiler, so that sums stay in registers.
template <int kVectors>
struct VectorHead {
  static DOVETAIL_INLINE float product(const float* query, const float* key, int64_t) {
    const auto* q = reinterpret_cast<const SixteenAnywhere*>(query);
    const auto* k = reinterpret_cast<const SixteenAnywhere*>(key);
    Sixteen sum = q[0] * k[0];
    for (int v = 1; v < kVectors; ++v) sum += q[v] * k[v];
    return sum_of(sum);
  }
  static DOVETAIL_INLINE void mix(const CachedAttention& attention, int64_t begin,
                                  const float* weights, float inverse, float* out) {
    Sixteen sums[kVectors] = {};
    for (int64_t t = 0; t < attention.positions; ++t) {
      const auto* value = reinterpret_cast<const SixteenAnywhere*>(attention.values[t] + begin);
      for (int v = 0; v < kVectors; ++v) sums[v] += weights[t] * value[v];
    }
    auto* to = reinterpret_cast<SixteenAnywhere*>(out + begin);
    for (int v = 0; v < kVectors; ++v) to[v] = sums[v] * inverse;
  }
};

struct AnyHead {
  static DOVETAIL_INLINE float product(const float* query, const float* key, int64_t channels) {
    float sum = 0;
    for (int64_t c = 0; c < channels; ++c) sum += query[c] * key[c];
    return sum;
  }
  static DOVETAIL_INLINE void mix(const CachedAttention& attention, int64_t begin,
                                  const float* weights, float inverse, float* out) {
    float* __restrict mixed = out + begin;
    for (int64_t c = 0; c < attention.channels; ++c) mixed[c] = 0;
    for (int64_t t = 0; t < attention.positions; ++t) {
      const float* __restrict value = attention.values[t] + begin;
      const float weight = weights[t] * inverse;
      for (int64_t c = 0; c < attention.channels; ++c) mixed[c] += weight * value[c];
    }
  }
};

// The keys are read once, position by position, as they lie in memory; the values, which are needed
// next, are fetched meanwhile.
template <typename Head>
DOVETAIL_INLINE void score_keys(const CachedAttention& attention, const float* query,
                                float* scores) {
  const int64_t channels = attention.channels, width = attention.heads * channels;
  for (int64_t t = 0; t < attention.positions; ++t) {
    for (int64_t head = 0; head < attention.heads; ++head) {
      const int64_t begin = head * channels;
      scores[head * attention.positions + t] =
          Head::product(query + begin, attention.keys[t] + begin, channels);
    }
    for (int64_t c = 0; c < width; c += 16) __builtin_prefetch(attention.values[t] + c);
  }
}

// Turns scores into e^(score + bias - largest). Returns their sum.
DOVETAIL_INLINE float exponentials(float* __restrict scores, const float* __restrict bias,
                                   int64_t positions) {
  float largest = -1e30f, sum = 0;
  if (bias != nullptr) {
    for (int64_t t = 0; t < positions; ++t) scores[t] += bias[t];
  }
  for (int64_t t = 0; t < positions; ++t) largest = scores[t] > largest ? scores[t] : largest;
  for (int64_t t = 0; t < positions; ++t) {
    scores[t] = vector_exp(scores[t] - largest);
    sum += scores[t];
  }
  return sum;
}

template <typename Head>
DOVETAIL_INLINE void attend(const CachedAttention& attention, const float* query, float* scores,
                            float* out) {
  score_keys<Head>(attention, query, scores);
  for (int64_t head = 0; head < attention.heads; ++head, scores += attention.positions) {
    const float* bias =
        attention.bias == nullptr ? nullptr : attention.bias + head * attention.bias_row;
    const float sum = exponentials(scores, bias, attention.positions);
    Head::mix(attention, head * attention.channels, scores, 1.0f / sum, out);
  }
}

}  // namespace

DOVETAIL_SIMD void cached_attention(const CachedAttention& attention, const float* query,
                                    float* scores, float* out) {
  switch (attention.channels) {
    case 64: return attend<VectorHead<4>>(attention, query, scores, out);
    case 32: return attend<VectorHead<2>>(attention, query, scores, out);
    case 16: return attend<VectorHead<1>>(attention, query, scores, out);
    default: return attend<AnyHead>(attention, query, scores, out);
  }
}

}  // namespace dovetail
