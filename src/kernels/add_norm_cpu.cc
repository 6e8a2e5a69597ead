// SPDX-License-Identifier: Apache-2.0
#include "kernels/add_norm_cpu.h"

#include <cmath>

#include "kernels/dropout_cpu.h"
#include "kernels/simd.h"

namespace dovetail {

DOVETAIL_SIMD void add_norm_forward(const AddNormForward& work, int64_t first_row,
                                    int64_t last_row) {
  const int64_t width = work.width;
  const DropoutBits dropout = work.dropout;
  const float* __restrict weight = work.weight;
  for (int64_t row = first_row; row < last_row; ++row) {
    const int64_t begin = row * width;
    const float* __restrict residual = work.residual + begin;
    const float* hidden = residual;
    float* __restrict normed = work.normed + begin;
    float sum = 0;
    if (work.x != nullptr) {
      const float* __restrict x = work.x + begin;
      float* __restrict out = work.hidden + begin;
      if (dropout.threshold == 0) {
        for (int64_t i = 0; i < width; ++i) {
          const float value = residual[i] + x[i];
          out[i] = value;
          sum += value * value;
        }
      } else {
        for (int64_t i = 0; i < width; ++i) {
          const float value = residual[i] + x[i] * dropout.factor(static_cast<uint32_t>(begin) +
                                                                  static_cast<uint32_t>(i));
          out[i] = value;
          sum += value * value;
        }
      }
      hidden = out;
    } else {
      for (int64_t i = 0; i < width; ++i) sum += residual[i] * residual[i];
    }
    const float scale = 1.0f / std::sqrt(sum / static_cast<float>(width) + work.epsilon);
    for (int64_t i = 0; i < width; ++i) normed[i] = hidden[i] * scale * weight[i];
    work.scale[row] = scale;
  }
}

namespace {

// With g = dnormed * weight and s the row's scale, the norm's gradient is s g - h s^3 mean(g h).
DOVETAIL_SIMD void norm_row_backward(const float* __restrict dnormed,
                                     const float* __restrict hidden, const float* __restrict weight,
                                     float scale, int64_t width, const float* __restrict dhidden,
                                     float* __restrict dresidual) {
  float dot = 0;
  for (int64_t i = 0; i < width; ++i) dot += dnormed[i] * weight[i] * hidden[i];
  const float k = scale * scale * scale * dot / static_cast<float>(width);
  if (dhidden == nullptr) {
    for (int64_t i = 0; i < width; ++i)
      dresidual[i] = scale * dnormed[i] * weight[i] - k * hidden[i];
  } else {
    for (int64_t i = 0; i < width; ++i) {
      dresidual[i] = dhidden[i] + scale * dnormed[i] * weight[i] - k * hidden[i];
    }
  }
}

DOVETAIL_SIMD void add_weight_gradient(const float* __restrict dnormed,
                                       const float* __restrict hidden, float scale, int64_t width,
                                       float* __restrict dweight) {
  for (int64_t i = 0; i < width; ++i) dweight[i] += dnormed[i] * hidden[i] * scale;
}

}  // namespace

void add_norm_backward(const AddNormBackward& work, int64_t first_row, int64_t last_row) {
  for (int64_t row = first_row; row < last_row; ++row) {
    const int64_t begin = row * work.width;
    norm_row_backward(work.dnormed + begin, work.hidden + begin, work.weight, work.scale[row],
                      work.width, work.dhidden == nullptr ? nullptr : work.dhidden + begin,
                      work.dresidual + begin);
    if (work.dweight != nullptr) {
      add_weight_gradient(work.dnormed + begin, work.hidden + begin, work.scale[row], work.width,
                          work.dweight);
    }
    if (work.dx != nullptr) {
      dropout_row(work.dresidual + begin, work.dx + begin, begin, work.width, work.dropout);
    }
  }
}

}  // namespace dovetail
