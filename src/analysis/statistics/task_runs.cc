// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/task_runs.h"

namespace dovetail {

const RunVariance& TaskRuns::at(const std::string& task, const std::string& train_size,
                                const std::string& metric) {
  const auto [place, is_new] = known_.try_emplace({task, train_size, metric});
  if (!is_new) return place->second;
  for (const CellGroup& group : groups_) {
    const bool here =
        group.baseline.empty() && group.task == task && group.train_size == train_size;
    if (here) place->second.add(group.tuning, scores_of(group, metric));
  }
  return place->second;
}

std::vector<RunWeight> runs_of(const CellGroup& group) {
  if (!group.baseline.empty()) return {};
  return {{group.tuning, 1}};
}

}  // namespace dovetail
