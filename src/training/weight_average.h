// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "model/weights.h"

namespace dovetail {

// An exponential moving average of the trained tensors, in float32. It starts from their first
// values. The decay of step t is min(decay, (1 + t) / (10 + t)), as in TensorFlow's
// ExponentialMovingAverage with num_updates, so that the average of a short run leaves its start.
class WeightAverage {
 public:
  WeightAverage(double decay, NamedTensors trained);

  void update(int64_t step);  // call after step `step` (from 1)
  void swap();                // exchanges the trained tensors' values with the averages
  // The averages, in the order and shapes of the trained tensors; they share memory.
  std::vector<at::Tensor> state() { return averages_; }

 private:
  double decay_;
  NamedTensors trained_;
  std::vector<at::Tensor> averages_;
};

// Keeps the averages in the trained tensors while it lives. A null average does nothing.
class AveragedWeights {
 public:
  explicit AveragedWeights(WeightAverage* average) : average_(average) {
    if (average_) average_->swap();
  }
  ~AveragedWeights() {
    if (average_) average_->swap();
  }
  AveragedWeights(const AveragedWeights&) = delete;

 private:
  WeightAverage* average_;
};

}  // namespace dovetail
