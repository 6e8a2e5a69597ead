// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/decisions/claim_effect.h"
#include "analysis/decisions/pretraining_runs.h"
#include "analysis/statistics/metric_direction.h"

namespace dovetail {

namespace {

SideScores side_scores_of(const SideMeans& means, bool differences) {
  SideScores scores{means[0], means[1], {}, {}};
  if (differences) {
    scores.reference_better = means[2];
    scores.reference_worse = means[3];
  }
  return scores;
}

bool names_axis(const Claim& claim, const std::string& axis) {
  return std::ranges::any_of(claim.pairs, [&](const ClaimPair& pair) {
    return pair.better.alternatives.front().contains(axis) || pair.more_than.contains(axis);
  });
}

// Whether a claim is judged on tasks that were not learned, too: one against a baseline is itself
// the question whether they were, and what a cell cost does not depend on it.
bool needs_no_learning(const Claim& claim, const std::string& metric) {
  return is_cost(metric) || std::ranges::any_of(claim.pairs, [](const ClaimPair& pair) {
           return !pair.worse.baseline.empty();
         });
}

// Whether a side of the comparison has cells where nothing was learned.
bool touches(const std::set<TaskAndSize>& unlearned, const ClaimComparison& comparison) {
  for (const auto* side : {&comparison.better, &comparison.worse, &comparison.reference_better,
                           &comparison.reference_worse}) {
    for (const CellGroup* group : *side)
      if (unlearned.contains({group->task, group->train_size})) return true;
  }
  return false;
}

class ClaimJudge {
 public:
  ClaimJudge(const Claim& claim, const std::string& metric, const Plan& plan,
             const std::vector<CellGroup>& groups, const DecisionOptions& options,
             const std::set<TaskAndSize>& unlearned, TaskRuns& task_runs)
      : plan_(plan), groups_(groups), options_(options), task_runs_(task_runs) {
    result_.claim = claim;
    result_.metric = metric;
    const std::string& own = claim.pairs.front().better.metric;
    result_.higher_is_better = higher_is_better(plan, own.empty() ? metric : own);
    comparisons_ = claim_comparisons(result_.claim, plan, groups);
    has_both_sides_ = !evidence(kAllPairs).empty;
    if (!needs_no_learning(claim, metric)) leave_out(unlearned);
    evidence_ = evidence(kAllPairs);
  }

  ClaimCase judge() {
    count_cells();
    result_.reason = why_not();
    std::erase_if(evidence_.tasks, [](auto& task) { return task.second.sums.num_pairs() == 0; });
    if (evidence_.tasks.empty()) return {std::move(result_), {}};
    find_runs();
    const EffectTest test = look_at_all();
    ClaimTest judged{{test}, result_.claim.at_least, result_.claim.margin};
    if (result_.claim.apart) judged.effects = look_at_each();
    judged.of_checkpoints = result_.about_starts && result_.pretraining_runs < 2;
    return {std::move(result_), std::move(judged)};
  }

 private:
  ClaimEvidence evidence(size_t pair) const {
    return evidence_of(result_.claim, comparisons_, result_.metric, result_.higher_is_better,
                       options_.cross_fit, pair);
  }

  void leave_out(const std::set<TaskAndSize>& unlearned) {
    std::set<std::string> left_out, judging;
    std::erase_if(comparisons_, [&](const ClaimComparison& comparison) {
      const bool out = touches(unlearned, comparison);
      (out ? left_out : judging).insert(comparison.task);
      return out;
    });
    for (const std::string& task : left_out)
      result_.not_learned.push_back(judging.contains(task) ? task + " in part" : task);
  }

  ClaimEffect effect_of(const ClaimEvidence& evidence) const {
    return {result_.claim, result_.metric, result_.higher_is_better, evidence.differences};
  }

  void count_cells() {
    for (const CellGroup& group : groups_) {
      if (!evidence_.needed.contains(&group)) continue;
      for (const CellResult& cell : group.cells) {
        ++result_.cells;
        result_.jobs.push_back(plan_.jobs[static_cast<size_t>(cell.cell->job)].key);
        if (cell.state == CellState::finished) continue;
        const bool missing = cell.state == CellState::missing;
        ++(missing ? result_.cells_missing : result_.cells_failed);
        result_.unusable.push_back(cell.cell->name +
                                   (missing ? ": not run" : ": failed, " + cell.reason));
      }
    }
  }

  std::string why_not() const {
    if (!has_both_sides_) return "the sweep has no cells of both sides to compare";
    if (evidence_.tasks.empty())
      return "no task was learned: by validation no tuned cell beats the baselines";
    if (result_.cells_missing > 0) {
      return fmt::format("{} of {} cells have not run yet", result_.cells_missing, result_.cells);
    }
    for (const auto& [task, of_task] : evidence_.tasks) {
      if (of_task.sums.num_pairs() == 0)
        return fmt::format("no pair of cells of {} has {} in a common seed", task, result_.metric);
    }
    return "";
  }

  void find_runs() {
    const bool objective = names_axis(result_.claim, "objective");
    result_.about_starts = objective || names_axis(result_.claim, "adaptation");
    if (!result_.about_starts) return;
    runs_ = pretraining_runs(plan_, {evidence_.needed.begin(), evidence_.needed.end()}, !objective);
    std::set<size_t> distinct;
    for (const auto& [seed, run] : runs_) distinct.insert(run);
    result_.pretraining_runs = std::ssize(distinct);
  }

  EffectTest look_at_all() {
    const ClaimEffect effect = effect_of(evidence_);
    for (const auto& [name, task] : evidence_.tasks) add_task(name, task, effect);
    const EffectTest test = effect.over_tasks(evidence_.tasks, task_runs_, runs_);
    result_.scores = side_scores_of(mean_over_tasks(evidence_.tasks, evidence_.num_sides()),
                                    evidence_.differences);
    result_.effect.estimate = test.interval(options_.intervals.confidence);
    result_.effect.tasks = std::ssize(evidence_.tasks);
    result_.effect.tasks_drawn = evidence_.tasks.size() >= kFewestTasks;
    result_.effect.p_value = test.p_value(result_.claim.at_least);
    return test;
  }

  void add_task(const std::string& name, const TaskEvidence& task, const ClaimEffect& effect) {
    ClaimOnTask& found = result_.tasks.emplace_back();
    found.task = name;
    found.pairs = task.sums.num_pairs();
    found.scores =
        side_scores_of(means_of(task.sums, evidence_.num_sides()), evidence_.differences);
    found.effect = effect.on_task(task, task_runs_).interval(options_.intervals.confidence);
    found.effect.items = task.sums.num_items();
    found.effect.seeds = task.sums.num_seeds();
    result_.examples += found.effect.items;
    result_.pairs += found.pairs;
    result_.seeds = std::max(result_.seeds, found.effect.seeds);
  }

  std::vector<EffectTest> look_at_each() {
    std::vector<EffectTest> tests;
    for (size_t i = 0; i < result_.claim.pairs.size(); ++i) {
      ClaimEvidence own = evidence(i);
      std::erase_if(own.tasks, [](auto& task) { return task.second.sums.num_pairs() == 0; });
      const std::string& label = result_.claim.pairs[i].label;
      if (own.tasks.empty()) {
        result_.reason = fmt::format("the sweep has no finished cells of both sides {}", label);
        tests.emplace_back();
        continue;
      }
      tests.push_back(effect_of(own).over_tasks(own.tasks, task_runs_, runs_));
      result_.apart.push_back(
          {label, tests.back().interval(options_.intervals.confidence),
           side_scores_of(mean_over_tasks(own.tasks, own.num_sides()), own.differences),
           tests.back().p_value(result_.claim.at_least)});
    }
    return tests;
  }

  const Plan& plan_;
  const std::vector<CellGroup>& groups_;
  const DecisionOptions& options_;
  TaskRuns& task_runs_;
  std::vector<ClaimComparison> comparisons_;
  bool has_both_sides_ = false;
  ClaimEvidence evidence_;
  std::map<std::string, size_t> runs_;
  ClaimResult result_;
};

}  // namespace

ClaimCase claim_case(const Claim& claim, const std::string& metric, const Plan& plan,
                     const std::vector<CellGroup>& groups, const DecisionOptions& options,
                     const std::set<TaskAndSize>& unlearned, TaskRuns& task_runs) {
  return ClaimJudge(claim, metric, plan, groups, options, unlearned, task_runs).judge();
}

}  // namespace dovetail
