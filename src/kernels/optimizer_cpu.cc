// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer_cpu.h"

#include <algorithm>
#include <cmath>
#include <vector>

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

DOVETAIL_SIMD void sgd_update(float* parameter, const float* gradient, float* velocity,
                              int64_t count, const SgdStep& step) {
  const float rate = step.learning_rate, decay = step.weight_decay, scale = step.gradient_scale;
  const float momentum = step.momentum;
  if (momentum == 0) {
    for (int64_t i = 0; i < count; ++i) {
      parameter[i] -= rate * (gradient[i] * scale + decay * parameter[i]);
    }
    return;
  }
  // the step along the velocity, and for Nesterov's half along the gradient too
  const float along_velocity = step.nesterov ? momentum : 1.0f;
  const float along_gradient = step.nesterov ? 1.0f : 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * scale + decay * parameter[i];
    const float v = momentum * velocity[i] + g;
    velocity[i] = v;
    parameter[i] -= rate * (along_velocity * v + along_gradient * g);
  }
}

DOVETAIL_SIMD void lion_update(float* parameter, const float* gradient, float* momentum,
                               int64_t count, const LionStep& step) {
  const float rate = step.learning_rate, keep = 1.0f - step.learning_rate * step.weight_decay;
  const float beta1 = step.beta1, beta2 = step.beta2, scale = step.gradient_scale;
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * scale, m = momentum[i];
    const float blend = beta1 * m + (1.0f - beta1) * g;
    const float sign = static_cast<float>(blend > 0) - static_cast<float>(blend < 0);
    parameter[i] = keep * parameter[i] - rate * sign;
    momentum[i] = beta2 * m + (1.0f - beta2) * g;
  }
}

namespace {

// Sums over a stretch of rows few enough for single precision.
DOVETAIL_SIMD void add_squares(const float* gradient, float scale, float epsilon, int64_t rows,
                               int64_t columns, float* row_means, float* column_sums) {
  const float share = 1.0f / static_cast<float>(columns);
  for (int64_t r = 0; r < rows; ++r, gradient += columns) {
    float sum = 0;
    for (int64_t c = 0; c < columns; ++c) {
      const float g = gradient[c] * scale;
      const float square = g * g + epsilon;
      sum += square;
      column_sums[c] += square;
    }
    row_means[r] = sum * share;
  }
}

DOVETAIL_SIMD float row_sum_of_squares(const float* gradient, const float* column_factor,
                                       int64_t columns) {
  float sum = 0;
  for (int64_t c = 0; c < columns; ++c) {
    const float u = gradient[c] * column_factor[c];
    sum += u * u;
  }
  return sum;
}

DOVETAIL_SIMD void move_row(float* parameter, const float* gradient, const float* column_factor,
                            int64_t columns, float rate, float keep) {
  for (int64_t c = 0; c < columns; ++c) {
    parameter[c] = keep * parameter[c] - rate * gradient[c] * column_factor[c];
  }
}

DOVETAIL_SIMD void move_row_with_moment(float* parameter, const float* gradient,
                                        const float* column_factor, float* first, int64_t columns,
                                        float rate, float keep, float beta1) {
  for (int64_t c = 0; c < columns; ++c) {
    const float m = beta1 * first[c] + (1.0f - beta1) * rate * gradient[c] * column_factor[c];
    first[c] = m;
    parameter[c] = keep * parameter[c] - m;
  }
}

}  // namespace

void squared_means(const float* gradient, float scale, float epsilon, int64_t rows, int64_t columns,
                   float* row_means, float* column_means) {
  constexpr int64_t kStretch = 128;
  std::vector<double> totals(columns);
  std::vector<float> sums(columns);
  for (int64_t begin = 0; begin < rows; begin += kStretch) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    add_squares(gradient + begin * columns, scale, epsilon, std::min(kStretch, rows - begin),
                columns, row_means + begin, sums.data());
    for (int64_t c = 0; c < columns; ++c) totals[c] += sums[c];
  }
  for (int64_t c = 0; c < columns; ++c) {
    column_means[c] = static_cast<float>(totals[c] / static_cast<double>(rows));
  }
}

double factored_sum_of_squares(const float* gradient, const float* row_factor,
                               const float* column_factor, int64_t rows, int64_t columns) {
  double sum = 0;
  for (int64_t r = 0; r < rows; ++r) {
    const double factor = row_factor[r];
    sum += factor * factor * row_sum_of_squares(gradient + r * columns, column_factor, columns);
  }
  return sum;
}

void adafactor_update(float* parameter, const float* gradient, const float* row_factor,
                      const float* column_factor, float* first, int64_t rows, int64_t columns,
                      const AdafactorStep& step) {
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * columns;
    const float rate = step.rate * row_factor[r];
    if (first) {
      move_row_with_moment(parameter + at, gradient + at, column_factor, first + at, columns, rate,
                           step.keep, step.beta1);
    } else {
      move_row(parameter + at, gradient + at, column_factor, columns, rate, step.keep);
    }
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
