// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "plan/record.h"

namespace dovetail {

// Averages the loss over stretches of steps; each stretch is one point of the curve.
class CurveWriter {
 public:
  explicit CurveWriter(int64_t steps) : stretch_(std::max<int64_t>(1, steps / kPoints)) {}

  void add(double loss_sum, double divisor, int64_t step, bool last, Curve& curve) {
    sum_ += loss_sum;
    divisor_ += divisor;
    if (step % stretch_ != 0 && !last) return;
    curve.steps.push_back(step);
    // single precision, so that a curve is bit-identical after saving and restoring
    curve.values.push_back(static_cast<float>(sum_ / divisor_));
    sum_ = 0;
    divisor_ = 0;
  }

 private:
  static constexpr int64_t kPoints = 40;

  int64_t stretch_;
  double sum_ = 0, divisor_ = 0;
};

}  // namespace dovetail
