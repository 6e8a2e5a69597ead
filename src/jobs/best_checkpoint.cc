// SPDX-License-Identifier: Apache-2.0
#include "jobs/best_checkpoint.h"

#include <c10/core/GradMode.h>

#include <cmath>

#include "base/error.h"

namespace dovetail {

void BestCheckpoint::offer(const NamedTensors& trained, double score, int64_t step) {
  const bool first = step_ == 0 || std::isnan(score_);  // a number is better than none
  if (!first && !(score > score_)) {
    ++points_since_;
    return;
  }
  score_ = score;
  step_ = step;
  points_since_ = 0;
  values_.clear();
  for (const auto& [name, tensor] : trained) values_.push_back(tensor.detach().clone());
}

void BestCheckpoint::restore(const NamedTensors& trained) const {
  DOVETAIL_CHECK(step_ > 0 && values_.size() == trained.size());
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < trained.size(); ++i) {
    at::Tensor tensor = trained[i].second;  // shares the values
    tensor.copy_(values_[i]);
  }
}

}  // namespace dovetail
