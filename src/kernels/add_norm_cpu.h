// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dropout_bits.h"

namespace dovetail {

// hidden = residual + dropout(x); normed = hidden * scale * weight by row, where scale is
// 1 / sqrt(mean(hidden^2) + epsilon). Without x (null), hidden is residual and is not written.
// Pointers are to the whole tensors, which number their elements for dropout.
struct AddNormForward {
  const float* residual = nullptr;
  const float* x = nullptr;  // or null
  const float* weight = nullptr;
  float* hidden = nullptr;
  float* normed = nullptr;
  float* scale = nullptr;  // one a row
  int64_t width = 0;
  float epsilon = 0;
  DropoutBits dropout;
};
void add_norm_forward(const AddNormForward& work, int64_t first_row, int64_t last_row);

// dresidual = dhidden + the norm's gradient; dx = dresidual times dropout's factors; the rows'
// gradients of the weight are added to dweight.
struct AddNormBackward {
  const float* dhidden = nullptr;  // or null
  const float* dnormed = nullptr;
  const float* hidden = nullptr;
  const float* weight = nullptr;
  const float* scale = nullptr;
  float* dresidual = nullptr;
  float* dx = nullptr;       // or null
  float* dweight = nullptr;  // or null
  int64_t width = 0;
  DropoutBits dropout;
};
void add_norm_backward(const AddNormBackward& work, int64_t first_row, int64_t last_row);

}  // namespace dovetail
