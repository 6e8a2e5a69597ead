// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "plan/plan.h"

namespace dovetail {

// Seconds from the first start to the last end on `workers` workers that take the job with the
// longest path first.
double estimate_makespan(const Plan& plan, int workers);

// The sum of the jobs' estimates.
double total_seconds(const std::vector<Job>& jobs);

// The priority of each job: seconds from its start to the end of the last job that needs it.
std::vector<double> longest_paths(const std::vector<Job>& jobs);

}  // namespace dovetail
