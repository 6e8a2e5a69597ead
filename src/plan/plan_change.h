// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace dovetail {

// How a plan differs from an earlier one of the same results folder. A sweep may grow in its
// folder: nothing that is finished may change or go away.
struct PlanChange {
  std::map<std::string, std::vector<std::string>> added, removed;  // labels, by axis
  int64_t num_new_cells = 0;
  // Names of cells with a result that the new plan lacks, or computes by another job. A cell that
  // only has another name stays.
  std::vector<std::string> removed_cells, changed_cells;
  // What differs in the jobs of changed cells, and in their inputs: "[tune] optimizer.learning_rate
  // is 0.01 there and 0.02 here". Each once.
  std::vector<std::string> changed_settings;
};

// `has_result` tells by a job's key whether the job is finished.
PlanChange change_between(const Plan& before, const Plan& after,
                          const std::function<bool(const std::string& key)>& has_result);

// "seed 3, 4; task card", or "".
std::string labels_text(const std::map<std::string, std::vector<std::string>>& labels);

}  // namespace dovetail
