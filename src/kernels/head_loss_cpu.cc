// SPDX-License-Identifier: Apache-2.0
#include "kernels/head_loss_cpu.h"

#include <cmath>

#include "kernels/simd.h"
#include "kernels/vector_math.h"

namespace dovetail {

namespace {

struct RowSums {
  float largest = 0, exponentials = 0, logits = 0;
};

DOVETAIL_SIMD RowSums sums_of(const float* __restrict logits, int64_t count) {
  RowSums sums;
  float largest = logits[0];
  for (int64_t i = 0; i < count; ++i) largest = logits[i] > largest ? logits[i] : largest;
  float exponentials = 0, total = 0;
  for (int64_t i = 0; i < count; ++i) {
    exponentials += vector_exp(logits[i] - largest);
    total += logits[i];
  }
  sums.largest = largest;
  sums.exponentials = exponentials;
  sums.logits = total;
  return sums;
}

// gradient = factor * exp(logit - shift) - uniform; in place where the two are the same
DOVETAIL_SIMD void softmax_gradient(const float* logits, float* gradient, int64_t count,
                                    float shift, float factor, float uniform) {
  for (int64_t i = 0; i < count; ++i)
    gradient[i] = factor * vector_exp(logits[i] - shift) - uniform;
}

}  // namespace

float cross_entropy_row(const float* logits, int64_t vocab_size, int64_t label,
                        const CrossEntropy& settings, float* gradient) {
  const RowSums sums = sums_of(logits, vocab_size);
  const float log_z = sums.largest + std::log(sums.exponentials);
  const float smoothing = settings.label_smoothing;
  const float mean_logit = sums.logits / static_cast<float>(vocab_size);
  const float loss = log_z - (1 - smoothing) * logits[label] - smoothing * mean_logit +
                     settings.z_loss * log_z * log_z;
  if (gradient == nullptr) return loss;
  const float factor = settings.weight * (1 + 2 * settings.z_loss * log_z) / sums.exponentials;
  softmax_gradient(logits, gradient, vocab_size, sums.largest, factor,
                   settings.weight * smoothing / static_cast<float>(vocab_size));
  gradient[label] -= settings.weight * (1 - smoothing);
  return loss;
}

}  // namespace dovetail
