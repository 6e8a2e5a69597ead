// SPDX-License-Identifier: Apache-2.0
#include "kernels/rms_norm_rows.h"

#include <cmath>

#include "kernels/simd.h"

namespace dovetail {

DOVETAIL_SIMD void rms_norm_forward(const float* x, const float* weight, float* y, float* scale,
                                int64_t rows, int64_t width, float epsilon) {
  for (int64_t r = 0; r < rows; ++r, x += width, y += width) {
    float sum = 0;
    for (int64_t i = 0; i < width; ++i) sum += x[i] * x[i];
    const float s = 1.0f / std::sqrt(sum / static_cast<float>(width) + epsilon);
    for (int64_t i = 0; i < width; ++i) y[i] = x[i] * s * weight[i];
    scale[r] = s;
  }
}

// With g = dy * w and s the scale of the row: dx = s g - x s^3 mean(g x), dw = sum of dy x s.
DOVETAIL_SIMD void rms_norm_backward(const float* dy, const float* x, const float* weight,
                                 const float* scale, float* dx, float* dweight, int64_t rows,
                                 int64_t width) {
  for (int64_t r = 0; r < rows; ++r, x += width, dy += width, dx += width) {
    const float s = scale[r];
    float dot = 0;
    for (int64_t i = 0; i < width; ++i) dot += dy[i] * weight[i] * x[i];
    const float k = s * s * s * dot / static_cast<float>(width);
    for (int64_t i = 0; i < width; ++i) {
      dx[i] = s * dy[i] * weight[i] - k * x[i];
      dweight[i] += dy[i] * x[i] * s;
    }
  }
}

}  // namespace dovetail
