// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/task_runs.h"

namespace dovetail {

namespace {

std::string block_of(const CellGroup& group) { return group.train_size + " " + group.tuning; }

}  // namespace

const RunVariance& TaskRuns::at(const std::string& task, const std::string& metric) {
  const auto [place, is_new] = known_.try_emplace({task, metric});
  if (!is_new) return place->second;
  for (const CellGroup& group : groups_) {
    if (group.baseline.empty() && group.task == task)
      place->second.add(block_of(group), scores_of(group, metric));
  }
  return place->second;
}

std::vector<RunWeight> runs_of(const CellGroup& group) {
  if (!group.baseline.empty()) return {};
  return {{block_of(group), 1}};
}

}  // namespace dovetail
