// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <vector>

#include "model/weights.h"

namespace dovetail {

// The trained tensors at the point of a training that scored best on validation data.
class BestCheckpoint {
 public:
  // A point of the training, in its order; a higher score is better. Keeps a copy of the tensors
  // where it is the best so far; the first of equally good ones stays.
  void offer(const NamedTensors& trained, double score, int64_t step);

  // Writes the kept values back, in place. At least one point must have been offered.
  void restore(const NamedTensors& trained) const;

  int64_t step() const { return step_; }  // of the best point; 0: none
  double score() const { return score_; }
  int64_t points_since() const { return points_since_; }  // offered after the best one

 private:
  double score_ = -std::numeric_limits<double>::infinity();
  int64_t step_ = 0, points_since_ = 0;
  std::vector<at::Tensor> values_;
};

}  // namespace dovetail
