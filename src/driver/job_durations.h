// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "driver/time_estimate.h"
#include "plan/job.h"

namespace dovetail {

// How long jobs take, as those of their kind did that ran: in proportion to the plan's estimates.
class JobDurations {
 public:
  void add(const Job& job, double seconds) {
    by_kind_.try_emplace(job.kind, 0).first->second.add_run(job.cost_seconds, seconds);
  }
  // Nothing while no job of the kind has ended.
  std::optional<double> expected(const Job& job) const {
    const auto kind = by_kind_.find(job.kind);
    return kind == by_kind_.end() ? std::nullopt : kind->second.expected_seconds(job.cost_seconds);
  }

 private:
  std::map<JobKind, TimeEstimate> by_kind_;
};

}  // namespace dovetail
