// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// How long the rest takes, from how the jobs' cost estimates compare with the time they took.
class TimeEstimate {
 public:
  explicit TimeEstimate(double cost_left) : cost_left_(cost_left) {}

  // A job that ran in this run; a job that will not run (its input failed) took no time.
  void add_run(double cost, double seconds);
  void add_skipped(double cost) { cost_left_ -= cost; }

  // `num_workers` share what is left, less what running jobs have behind them, and none ends before
  // the longest chain of jobs has; < 0 while nothing is known yet.
  double remaining_seconds(int64_t num_workers, double longest_path_left,
                           double cost_under_way = 0) const;
  // The part of a running job's cost that is probably behind it.
  double cost_behind(double cost, double seconds) const;
  double jobs_per_minute(double elapsed_seconds) const;

 private:
  double cost_left_;
  double cost_run_ = 0;
  double seconds_run_ = 0;
  int64_t num_run_ = 0;
};

}  // namespace dovetail
