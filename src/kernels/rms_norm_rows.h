// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// The loops of rms_norm over contiguous rows; `scale` holds 1 / sqrt(mean(x^2) + epsilon) by row.
void rms_norm_forward(const float* x, const float* weight, float* y, float* scale, int64_t rows,
                      int64_t width, float epsilon);
// Adds to dweight, sets dx.
void rms_norm_backward(const float* dy, const float* x, const float* weight, const float* scale,
                       float* dx, float* dweight, int64_t rows, int64_t width);

}  // namespace dovetail
