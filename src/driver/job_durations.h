// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

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
  // For how long the work of jobs may note no progress before it counts as hung: `least`, or three
  // times what they are expected to take together. 0, for ever, if `least` is, and where a
  // vocabulary is trained: SentencePiece says nothing until it is done.
  double silence_allowed(const std::vector<Job>& jobs, double least) const {
    constexpr double kTimesExpected = 3;
    double seconds = 0;
    for (const Job& job : jobs) {
      if (least <= 0 || job.kind == JobKind::tokenizer) return 0;
      seconds += expected(job).value_or(job.cost_seconds);
    }
    return std::max(least, kTimesExpected * seconds);
  }

 private:
  std::map<JobKind, TimeEstimate> by_kind_;
};

}  // namespace dovetail
