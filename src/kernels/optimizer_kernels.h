// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

struct AdamWStep {
  float learning_rate;  // already scheduled and, where asked for, times the tensor's RMS
  float beta1, beta2, epsilon;
  float weight_decay;  // decoupled: parameter -= learning_rate * weight_decay * parameter
  float correction1, correction2;  // 1 - beta^t
  float gradient_scale;            // of clipping
};

// One pass over a tensor: moments and parameter (Loshchilov and Hutter 2019, algorithm 2).
void adamw_update(float* parameter, const float* gradient, float* first, float* second,
                  int64_t count, const AdamWStep& step);

struct SgdStep {
  float learning_rate, momentum, weight_decay;  // the decay is added to the gradient
  bool nesterov;
  float gradient_scale;
};

// Sutskever et al. 2013, as torch.optim.SGD has it; without momentum `velocity` is not read.
void sgd_update(float* parameter, const float* gradient, float* velocity, int64_t count,
                const SgdStep& step);

struct LionStep {
  float learning_rate, beta1, beta2, weight_decay;  // decoupled
  float gradient_scale;
};

// Chen et al. 2023, algorithm 2: the sign of one blend of gradient and momentum moves the
// parameter, another blend is kept.
void lion_update(float* parameter, const float* gradient, float* momentum, int64_t count,
                 const LionStep& step);

// The three passes of Adafactor over a [rows, columns] gradient; a vector is one row. First the
// means over rows and columns of (scale * gradient)^2 + epsilon, in one pass over the gradient.
void squared_means(const float* gradient, float scale, float epsilon, int64_t rows, int64_t columns,
                   float* row_means, float* column_means);
// Then the sum of squares of the update, gradient * row_factor * column_factor, which is stored
// nowhere, ...
double factored_sum_of_squares(const float* gradient, const float* row_factor,
                               const float* column_factor, int64_t rows, int64_t columns);

struct AdafactorStep {
  float rate;   // of this tensor, divided by what clips its update
  float keep;   // 1 - rate * weight decay
  float beta1;  // of the first moment, where there is one
};

// ... and then the step itself. `first` is the moving average of the updates, or null.
void adafactor_update(float* parameter, const float* gradient, const float* row_factor,
                      const float* column_factor, float* first, int64_t rows, int64_t columns,
                      const AdafactorStep& step);

// Sum of squares, in double precision over blocks: the same for the same tensor on any machine
// width.
double sum_of_squares(const float* values, int64_t count);

}  // namespace dovetail
