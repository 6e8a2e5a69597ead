// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/cell_groups.h"
#include "analysis/statistics/intervals.h"
#include "analysis/statistics/run_variance.h"

namespace dovetail {

// How runs vary, at each task and metric that is asked about: a block is a tuning at a train size.
class TaskRuns {
 public:
  // `groups` outlives this.
  explicit TaskRuns(const std::vector<CellGroup>& groups) : groups_(groups) {}

  const RunVariance& at(const std::string& task, const std::string& metric);
  const RunVariance& at(const CellGroup& group, const std::string& metric) {
    return at(group.task, metric);
  }

 private:
  const std::vector<CellGroup>& groups_;
  std::map<std::array<std::string, 2>, RunVariance> known_;
};

// The runs behind the scores of a group: one cell of its tuning, or none for a baseline, which
// answers alike however often it is asked.
std::vector<RunWeight> runs_of(const CellGroup& group);

}  // namespace dovetail
