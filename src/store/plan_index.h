// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "store/plan_outline.h"

namespace dovetail {

// What the state of a sweep needs of its plan. It is the first line of plan.json, so that `dovetail
// status` reads that line alone.
struct PlanIndex {
  struct Entry {
    std::string key;
    JobKind kind = JobKind::tune;
    double cost_seconds = 0;
    int64_t num_cells = 0;  // that the job computes
  };
  std::string sweep_name;
  std::vector<Entry> jobs;  // in the plan's order
};

PlanIndex index_of(const Plan& plan);
PlanIndex index_of(const PlanOutline& outline);

// Arrays with a value for each job; the keys are one text.
Json index_json(const PlanIndex& index);
// DataError, or what the JSON library throws, for what is no index.
PlanIndex index_from(const Json& json);

}  // namespace dovetail
