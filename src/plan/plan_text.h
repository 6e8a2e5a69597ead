// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace dovetail {

// Describes a plan for a person: cells and jobs by kind, shared jobs with the number of cells that
// need each, estimated cost, and the makespan on 1, 2 and `workers` workers.
std::string plan_text(const Plan& plan, int workers, bool list_cells = false);

// Describes a plan for programs, with every cell and job.
Json plan_json(const Plan& plan, int workers);

// The number of cells that need each job, directly or through other jobs.
std::vector<int64_t> cells_by_job(const Plan& plan);

// "12 s", "3 min 20 s", "2 h 5 min", "4 d 3 h".
std::string readable_seconds(double seconds);

}  // namespace dovetail
