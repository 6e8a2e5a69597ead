// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/cell_groups.h"
#include "analysis/statistics/intervals.h"

namespace dovetail {

// The scores of one group on the test examples of one stratum: those with this value in a column
// that the task's data break scores down by.
struct StratumSummary {
  std::string column, value;
  const CellGroup* group = nullptr;
  int64_t examples = 0;
  std::map<std::string, Estimate> scores;  // by metric; means over examples alone
};

// Of every stratum (by task, column and value) and group with scores there, baselines included.
// `groups` outlives them. Runs vary within a stratum as they do in it, not as on all examples.
std::vector<StratumSummary> strata_of(const Plan& plan, const std::vector<CellGroup>& groups,
                                      const IntervalOptions& options);

}  // namespace dovetail
