// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dropout_bits.h"

namespace dovetail {

// hidden = residual + dropout(x); normed = hidden * scale * weight by row, where scale is
// 1 / sqrt(mean(hidden^2) + epsilon). Without x, hidden is residual and is not written. The rows
// are those from `first_row` on of the whole tensor, which numbers its elements for dropout.
struct AddNormForward {
  const float *residual, *x, *weight;
  float *hidden, *normed, *scale;
  int64_t width;
  float epsilon;
  DropoutBits dropout;
};
void add_norm_forward(const AddNormForward& work, int64_t first_row, int64_t last_row);

// dresidual = dhidden + the norm's gradient (dhidden may be absent); dx = dropout's part of it (or
// absent); adds to dweight (or absent).
struct AddNormBackward {
  const float *dhidden, *dnormed, *hidden, *weight, *scale;
  float *dresidual, *dx, *dweight;
  int64_t width;
  DropoutBits dropout;
};
void add_norm_backward(const AddNormBackward& work, int64_t first_row, int64_t last_row);

// y = x times dropout's factors, over a whole tensor.
void dropout_elements(const float* x, float* y, int64_t count, const DropoutBits& dropout);

}  // namespace dovetail
