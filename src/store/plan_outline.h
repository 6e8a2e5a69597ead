// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace dovetail {

// A plan whose jobs are named only: enough for the results, in a tenth of the memory.
struct PlanOutline {
  struct NamedJob {
    std::string key, name;
    JobKind kind = JobKind::tune;
    double cost_seconds = 0;
  };
  Plan plan;  // all but the jobs
  std::vector<NamedJob> jobs;
};

}  // namespace dovetail
