// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/strata.h"

#include "analysis/statistics/task_runs.h"

namespace dovetail {

namespace {

std::vector<CellGroup> groups_of_task(const std::vector<CellGroup>& groups,
                                      const std::string& task) {
  std::vector<CellGroup> own;
  for (const CellGroup& group : groups)
    if (group.task == task) own.push_back(group);
  return own;
}

class StrataSummaries {
 public:
  StrataSummaries(const Plan& plan, const std::vector<CellGroup>& groups,
                  const IntervalOptions& options)
      : plan_(plan), groups_(groups), options_(options) {}

  void add_task(const std::string& task, const TaskStrata& strata) {
    const std::vector<CellGroup> own = groups_of_task(groups_, task);
    for (size_t c = 0; c < strata.columns.size(); ++c)
      for (const std::string& value : stratum_names(strata, c)) add(own, strata.columns[c], value);
  }

  std::vector<StratumSummary> take() { return std::move(summaries_); }

 private:
  void add(const std::vector<CellGroup>& of_task, const std::string& column,
           const std::string& value) {
    const std::vector<CellGroup> within = groups_within(of_task, plan_, {{column, {value}}});
    TaskRuns runs(within);
    for (const CellGroup& group : within) {
      StratumSummary summary{column, value, whole(group), 0, {}};
      for (const std::string& metric : plan_.metrics) {
        if (traits_of(plan_.metric_traits, metric).corpus_level) continue;
        const Scores scores = scores_of(group, metric);
        if (scores.num_items() == 0) continue;
        summary.examples = std::max(summary.examples, scores.num_items());
        summary.scores[metric] =
            mean_estimate(scores, runs_of(group), runs.at(group, metric), options_);
      }
      if (!summary.scores.empty()) summaries_.push_back(std::move(summary));
    }
  }

  // The group that a copy was made of: both point to the same cells.
  const CellGroup* whole(const CellGroup& copy) const {
    for (const CellGroup& group : groups_)
      if (group.cells.front().cell == copy.cells.front().cell) return &group;
    return nullptr;
  }

  const Plan& plan_;
  const std::vector<CellGroup>& groups_;
  const IntervalOptions& options_;
  std::vector<StratumSummary> summaries_;
};

}  // namespace

std::vector<StratumSummary> strata_of(const Plan& plan, const std::vector<CellGroup>& groups,
                                      const IntervalOptions& options) {
  StrataSummaries summaries(plan, groups, options);
  for (const auto& [task, strata] : plan.strata) summaries.add_task(task, strata);
  return summaries.take();
}

}  // namespace dovetail
