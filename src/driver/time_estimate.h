// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace dovetail {

// Estimates how long a run still takes, from the estimated costs of jobs and the seconds that
// finished ones took.
class TimeEstimate {
 public:
  explicit TimeEstimate(double cost_left) : cost_left_(cost_left) {}

  // Counts a job that ran, or one that will not run (its input failed) and so takes no time.
  void add_run(double cost, double seconds);
  void add_skipped(double cost) { cost_left_ -= cost; }

  // The larger of two bounds: the cost left, less `cost_under_way` (the done part of running jobs),
  // shared by `num_workers`; and the longest path of jobs left. < 0 while no job has finished.
  double remaining_seconds(int64_t num_workers, double longest_path_left,
                           double cost_under_way = 0) const;
  // The part of a running job's cost that is probably done after so many seconds.
  double cost_done(double cost, double seconds) const;
  double jobs_per_minute(double elapsed_seconds) const;
  // How long a job of that cost takes, as those that ran; nothing while none has.
  std::optional<double> expected_seconds(double cost) const;

 private:
  double cost_left_;
  double cost_run_ = 0;
  double seconds_run_ = 0;
  int64_t num_run_ = 0;
};

}  // namespace dovetail
