// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

struct AdamWStep {
  float learning_rate = 0;  // scheduled and, with rms_scaling, times the tensor's RMS
  float beta1 = 0, beta2 = 0, epsilon = 0;
  float weight_decay = 0;  // decoupled: parameter -= learning_rate * weight_decay * parameter
  float correction1 = 1, correction2 = 1;  // 1 - beta^t
  float gradient_scale = 1;                // of clipping
};

// One pass over a tensor: moments and parameter (Loshchilov and Hutter 2019, algorithm 2).
void adamw_update(float* parameter, const float* gradient, float* first, float* second,
                  int64_t count, const AdamWStep& step);

struct SgdStep {
  float learning_rate = 0, momentum = 0;
  float weight_decay = 0;  // added to the gradient
  bool nesterov = false;
  float gradient_scale = 1;
};

// Sutskever et al. 2013, as in torch.optim.SGD; without momentum `velocity` is not read.
void sgd_update(float* parameter, const float* gradient, float* velocity, int64_t count,
                const SgdStep& step);

struct LionStep {
  float learning_rate = 0, beta1 = 0, beta2 = 0;
  float weight_decay = 0;  // decoupled
  float gradient_scale = 1;
};

// Chen et al. 2023, algorithm 2: the sign of one blend of gradient and momentum moves the
// parameter, another blend is kept.
void lion_update(float* parameter, const float* gradient, float* momentum, int64_t count,
                 const LionStep& step);

// The three passes of Adafactor over a [rows, columns] gradient; a vector is one row.
// First: the means over rows and columns of (scale * gradient)^2 + epsilon, in one pass over the
// gradient.
void squared_means(const float* gradient, float scale, float epsilon, int64_t rows, int64_t columns,
                   float* row_means, float* column_means);

// Second: the sum of squares of the update, gradient * row_factor * column_factor. The update is
// not stored.
double factored_sum_of_squares(const float* gradient, const float* row_factor,
                               const float* column_factor, int64_t rows, int64_t columns);

struct AdafactorStep {
  float rate = 0;   // of this tensor, divided by the clipping of its update
  float keep = 1;   // 1 - rate * weight decay
  float beta1 = 0;  // of the first moment, where there is one
};

// Third: the step itself. `first` is the moving average of the updates, or null.
void adafactor_update(float* parameter, const float* gradient, const float* row_factor,
                      const float* column_factor, float* first, int64_t rows, int64_t columns,
                      const AdafactorStep& step);

// Sum of squares. Blocks are summed in float32 and added up in float64.
double sum_of_squares(const float* values, int64_t count);

}  // namespace dovetail
