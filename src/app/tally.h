// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sweep/plan.h"
#include "sweep/record.h"

namespace dovetail {

struct StateCount {
  int64_t finished = 0, failed = 0, crashed = 0, missing = 0;
};

// How far a plan is, by its records.
struct Tally {
  StateCount cells, jobs;
  std::vector<const Record*> failures;   // of jobs, in the plan's order; they point into the records
};

Tally tally_of(const Plan& plan, const std::map<std::string, Record>& records);

}  // namespace dovetail
