// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "plan/plan.h"

namespace dovetail {

// Seconds from the first start to the last end on `workers` workers, longest path first.
double estimate_makespan(const Plan& plan, int workers);

// Seconds from the start of each job to the end of the last job that needs it: the priority.
std::vector<double> longest_paths(const std::vector<Job>& jobs);

}  // namespace dovetail
