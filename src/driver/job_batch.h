// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "driver/job_durations.h"
#include "plan/job_groups.h"
#include "plan/plan.h"
#include "plan/scheduler.h"
#include "store/journal.h"

namespace dovetail {

// Jobs for one rank: side by side in shared passes, or one after the other. Indices into the plan.
struct TakenJobs {
  std::vector<int64_t> jobs;
  bool side_by_side = true;
};

struct BatchRules {
  const Plan& plan;
  const Scheduler& scheduler;
  const Journal& journal;
  const JobDurations& durations;
  int64_t num_ranks = 1;
  GroupLimits group;
  TakeSharer take;  // with the text "": of all ready jobs
};

// A job that was taken, and those that go with it: the ready jobs that may share its passes; or,
// where it is expected to take a moment only, those next in turn that are too. Of either, as many
// as leave the other ranks their part. A job that took its process down before is alone.
TakenJobs with_others(int64_t first, const BatchRules& rules);

}  // namespace dovetail
