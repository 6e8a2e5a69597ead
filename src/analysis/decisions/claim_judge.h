// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "analysis/decisions/learned_tasks.h"
#include "analysis/decisions/verdicts.h"

namespace dovetail {

class TaskRuns;

// One claim by one metric, before its family has been looked at.
struct ClaimCase {
  ClaimResult result;  // without verdict, but for not_run
  ClaimTest test;      // means something unless not_run
};

// Comparisons at a place that is in `unlearned` judge nothing.
ClaimCase claim_case(const Claim& claim, const std::string& metric, const Plan& plan,
                     const std::vector<CellGroup>& groups, const DecisionOptions& options,
                     const std::set<TaskAndSize>& unlearned, TaskRuns& runs);

}  // namespace dovetail
