// SPDX-License-Identifier: Apache-2.0
#include "kernels/row_scores_cpu.h"

#include <algorithm>
#include <cmath>

#include "kernels/simd.h"
#include "kernels/vector_math.h"

namespace dovetail {

DOVETAIL_SIMD void log_softmax_row(float* x, int64_t count) {
  float largest = x[0], sum = 0;
  for (int64_t i = 0; i < count; ++i) largest = x[i] > largest ? x[i] : largest;
  for (int64_t i = 0; i < count; ++i) sum += vector_exp(x[i] - largest);
  const float log_sum = std::log(sum);
  for (int64_t i = 0; i < count; ++i) x[i] = as_written(x[i] - largest) - log_sum;
}

DOVETAIL_SIMD IdScore score_of_id(const float* logits, int64_t count, int64_t id) {
  const float chosen = logits[id];
  float largest = logits[0], sum = 0;
  int32_t larger = 0;
  for (int64_t i = 0; i < count; ++i) {
    largest = logits[i] > largest ? logits[i] : largest;
    larger += logits[i] > chosen ? 1 : 0;
  }
  for (int64_t i = 0; i < count; ++i) sum += vector_exp(logits[i] - largest);
  return {as_written(chosen - largest) - std::log(sum), 1 + larger};
}

namespace {

constexpr int64_t kLook = 64;  // numbers that are compared with the k-th largest at once

// Puts a number that is larger than the last of the k in its place.
inline void put(float score, int64_t place, int64_t k, float* scores, int64_t* places) {
  int64_t at = k - 1;
  for (; at > 0 && scores[at - 1] < score; --at) {
    scores[at] = scores[at - 1];
    places[at] = places[at - 1];
  }
  scores[at] = score;
  places[at] = place;
}

}  // namespace

DOVETAIL_SIMD void top_of_row(const float* x, int64_t count, int64_t k, float* scores,
                              int64_t* places) {
  for (int64_t i = 0; i < k; ++i) put(x[i], i, i + 1, scores, places);
  for (int64_t first = k; first < count; first += kLook) {
    const int64_t last = std::min(first + kLook, count);
    float largest = x[first];
    for (int64_t i = first; i < last; ++i) largest = x[i] > largest ? x[i] : largest;
    if (!(largest > scores[k - 1])) continue;
    for (int64_t i = first; i < last; ++i) {
      if (x[i] > scores[k - 1]) put(x[i], i, k, scores, places);
    }
  }
}

}  // namespace dovetail
