// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/situations.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "analysis/statistics/metric_direction.h"
#include "analysis/statistics/task_runs.h"

namespace dovetail {

namespace {

std::vector<std::string> labels(const Plan& plan, const char* axis) {
  const auto found = plan.axis_labels.find(axis);
  return found == plan.axis_labels.end() ? std::vector<std::string>{} : found->second;
}

// The labelled examples that the group's cells were trained on; 0 where no record says.
double labels_of(const CellGroup& group) {
  for (const CellResult& cell : group.cells) {
    if (cell.state != CellState::finished) continue;
    const auto found = cell.record->metrics.find("train_examples");
    if (found != cell.record->metrics.end()) return found->second;
  }
  return 0;
}

Situation situation_of(const Plan& plan, const std::vector<CellGroup>& groups, Situation at) {
  const bool negated = !higher_is_better(plan, at.metric);
  for (const CellGroup& group : groups) {
    const bool here = group.baseline.empty() && group.task == at.task &&
                      group.train_size == at.train_size && group.tuning == at.tuning;
    if (!here) continue;
    Scores scores = scores_of(group, at.metric);
    if (scores.rows.empty() || scores.rows.size() < group.cells.size())
      continue;  // as for recommendations
    if (!at.scores.empty() &&
        (scores.seeds != at.scores[0].seeds || scores.num_items() != at.scores[0].num_items()))
      continue;
    if (negated) negate(scores);
    at.candidates.push_back({group.objective, group.adaptation, group.template_name});
    at.runs.push_back(runs_of(group).front());
    at.labels = labels_of(group);
    at.scores.push_back(std::move(scores));
  }
  return at;
}

// The mean scores of a situation at the candidates of another one, minus their mean; NaN where it
// lacks the candidate.
std::vector<double> leads_of(const Situation& task, const std::vector<Candidate>& candidates) {
  std::vector<double> leads(candidates.size(), std::numeric_limits<double>::quiet_NaN());
  double sum = 0, count = 0;
  for (size_t c = 0; c < candidates.size(); ++c) {
    const auto found = std::find(task.candidates.begin(), task.candidates.end(), candidates[c]);
    if (found == task.candidates.end()) continue;
    leads[c] = task.scores[static_cast<size_t>(found - task.candidates.begin())].mean();
    sum += leads[c];
    ++count;
  }
  for (double& lead : leads) lead -= count > 0 ? sum / count : 0;
  return leads;
}

std::vector<Probe> probes_for(const std::vector<Probe>& probes, const std::string& task,
                              const std::string& tuning) {
  std::vector<Probe> own;
  std::copy_if(probes.begin(), probes.end(), std::back_inserter(own), [&](const Probe& probe) {
    return probe.task == task && (probe.tuning.empty() || probe.tuning == tuning);
  });
  return own;
}

std::vector<uint32_t> sketch_of(const Plan& plan, const std::string& task) {
  const auto facts = plan.task_facts.find(task);
  if (facts == plan.task_facts.end() || !facts->second.is_object()) return {};
  return facts->second.value("source_sketch", std::vector<uint32_t>());
}

}  // namespace

// The Jaccard index by the least hashes of the union (Broder 1997, bottom-k sketches).
double shared_sources(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint32_t> all, both;
  std::ranges::set_union(a, b, std::back_inserter(all));
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  all.resize(std::min(all.size(), kSourceSketchSize));
  if (all.empty()) return 0;
  const auto shared = std::ranges::count_if(both, [&](uint32_t one) { return one <= all.back(); });
  return static_cast<double>(shared) / static_cast<double>(all.size());
}

bool are_sisters(const Plan& plan, const std::string& task, const std::string& other) {
  return shared_sources(sketch_of(plan, task), sketch_of(plan, other)) > kSisterShare;
}

std::vector<Situation> situations_of(const Plan& plan, const std::vector<CellGroup>& groups,
                                     const DecisionOptions& options) {
  std::vector<Situation> found;
  for (const std::string& task : labels(plan, "task")) {
    const std::string metric = main_metric_of(task, plan, options);
    for (const std::string& size : labels(plan, "train_size")) {
      for (const std::string& tuning : labels(plan, "tuning")) {
        Situation at = situation_of(plan, groups, {task, size, tuning, metric, {}, {}});
        if (at.candidates.size() > 1) found.push_back(std::move(at));
      }
    }
  }
  return found;
}

SelectorContext context_of(const Situation& at, const std::vector<Situation>& situations,
                           const Plan& plan, const std::vector<Probe>& probes,
                           const DecisionOptions& options) {
  SelectorContext context;
  context.candidates = at.candidates;
  context.traits = plan.traits;
  context.probes = probes_for(probes, at.task, at.tuning);
  if (plan.task_facts.contains(at.task) && plan.task_facts.at(at.task).is_object()) {
    context.facts = plan.task_facts.at(at.task);
  }
  for (const Situation& other : situations) {
    if (are_sisters(plan, at.task, other.task)) continue;
    if (other.task == at.task || other.train_size != at.train_size || other.tuning != at.tuning)
      continue;
    context.others.push_back(
        {other.task, leads_of(other, at.candidates), probes_for(probes, other.task, at.tuning)});
  }
  context.conventional_objective = options.conventional_objective;
  context.higher_is_better = higher_is_better(plan, at.metric);
  context.bootstrap = options.bootstrap;
  return context;
}

}  // namespace dovetail
