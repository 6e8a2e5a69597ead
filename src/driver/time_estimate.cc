// SPDX-License-Identifier: Apache-2.0
#include "driver/time_estimate.h"

#include <algorithm>

namespace dovetail {

void TimeEstimate::add_run(double cost, double seconds) {
  cost_left_ -= cost;
  cost_run_ += cost;
  seconds_run_ += seconds;
  ++num_run_;
}

double TimeEstimate::cost_done(double cost, double seconds) const {
  return seconds_run_ > 0 ? std::min(cost, seconds * cost_run_ / seconds_run_) : 0;
}

double TimeEstimate::remaining_seconds(int64_t num_workers, double longest_path_left,
                                       double cost_under_way) const {
  if (num_run_ == 0 || cost_run_ <= 0 || num_workers == 0) return -1;
  const double seconds_per_cost = seconds_run_ / cost_run_;
  const double share =
      std::max(cost_left_ - cost_under_way, 0.0) / static_cast<double>(num_workers);
  return seconds_per_cost * std::max(share, longest_path_left);
}

std::optional<double> TimeEstimate::expected_seconds(double cost) const {
  if (num_run_ == 0) return std::nullopt;
  if (cost_run_ <= 0) return seconds_run_ / static_cast<double>(num_run_);
  return cost * seconds_run_ / cost_run_;
}

double TimeEstimate::jobs_per_minute(double elapsed_seconds) const {
  return elapsed_seconds > 0 ? 60 * static_cast<double>(num_run_) / elapsed_seconds : 0;
}

}  // namespace dovetail
