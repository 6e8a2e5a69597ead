// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

struct AdamWStep {
  float learning_rate;      // already scheduled and, where asked for, times the tensor's RMS
  float beta1, beta2, epsilon;
  float weight_decay;       // decoupled: parameter -= learning_rate * weight_decay * parameter
  float correction1, correction2;   // 1 - beta^t
  float gradient_scale;     // of clipping
};

// One pass over a tensor: moments and parameter (Loshchilov and Hutter 2019, algorithm 2).
void adamw_update(float* parameter, const float* gradient, float* first, float* second,
                  int64_t count, const AdamWStep& step);

// Sum of squares, in double precision over blocks: the same for the same tensor on any machine width.
double sum_of_squares(const float* values, int64_t count);

}  // namespace dovetail
