// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer_kernels.h"

#include <algorithm>
#include <cmath>

#include "kernels/simd.h"

namespace dovetail {

DOVETAIL_SIMD void adamw_update(float* parameter, const float* gradient, float* first,
                                float* second, int64_t count, const AdamWStep& step) {
  const float rate = step.learning_rate / step.correction1;
  const float root = 1.0f / std::sqrt(step.correction2);
  const float keep = 1.0f - step.learning_rate * step.weight_decay;
  const float beta1 = step.beta1, beta2 = step.beta2, epsilon = step.epsilon;
  const float scale = step.gradient_scale;
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * scale;
    const float m = beta1 * first[i] + (1.0f - beta1) * g;
    const float v = beta2 * second[i] + (1.0f - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = keep * parameter[i] - rate * m / (std::sqrt(v) * root + epsilon);
  }
}

namespace {

DOVETAIL_SIMD float block_sum_of_squares(const float* values, int64_t count) {
  float sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += values[i] * values[i];
  return sum;
}

}  // namespace

double sum_of_squares(const float* values, int64_t count) {
  constexpr int64_t kBlock = 4096;
  double sum = 0;
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    sum += block_sum_of_squares(values + begin, std::min(kBlock, count - begin));
  }
  return sum;
}

}  // namespace dovetail
