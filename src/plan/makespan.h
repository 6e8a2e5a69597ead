// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "plan/job_groups.h"
#include "plan/plan.h"

namespace dovetail {

// Seconds from the first start to the last end on `workers` workers that take the job with the
// longest path first, and with it, as a run does, the ready ones around the same frozen model. The
// jobs of a group take as long as one after the other, and end together.
double estimate_makespan(const Plan& plan, int workers, const GroupLimits& limits = {});

// The sum of the jobs' estimates.
double total_seconds(const std::vector<Job>& jobs);

// The priority of each job: seconds from its start to the end of the last job that needs it.
std::vector<double> longest_paths(const std::vector<Job>& jobs);

}  // namespace dovetail
