// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "model/weights.h"

namespace dovetail {

// An exponential moving average of the trained tensors, in float32. It begins at their first
// values; the decay of step t is min(decay, (1 + t) / (10 + t)), as TensorFlow's
// ExponentialMovingAverage with num_updates has it, so that a short run is not left at its start.
class WeightAverage {
 public:
  WeightAverage(double decay, NamedTensors trained);

  void update(int64_t step);  // after step `step` (from 1)
  void swap();                // the trained tensors take the averages, and back again
  std::vector<at::Tensor> state() { return averages_; }

 private:
  double decay_;
  NamedTensors trained_;
  std::vector<at::Tensor> averages_;
};

// The averages stand in the trained tensors as long as this lives; null: nothing happens.
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
