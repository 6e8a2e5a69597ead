// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/analysis.h"

#include <algorithm>

#include "analysis/statistics/task_runs.h"

namespace dovetail {

namespace {

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void count_cells(const std::vector<CellGroup>& groups, RunFacts& facts) {
  for (const CellGroup& group : groups) {
    facts.cells += static_cast<int64_t>(group.cells.size());
    facts.cells_finished += group.count(CellState::finished);
    facts.cells_failed += group.count(CellState::failed);
    facts.cells_missing += group.count(CellState::missing);
  }
}

void count_jobs(const Plan& plan, const std::map<std::string, Record>& records, RunFacts& facts) {
  facts.jobs = static_cast<int64_t>(plan.jobs.size());
  for (const Job& job : plan.jobs) {
    const auto found = records.find(job.key);
    if (found == records.end()) continue;
    const Record& record = found->second;
    ++(record.status == RunStatus::finished ? facts.jobs_finished : facts.jobs_failed);
    facts.job_seconds += record.cost.wall_seconds;
    if (!record.provenance.is_object()) continue;
    for (const auto& [key, value] : record.provenance.items()) {
      if (value.is_primitive() && !value.is_null()) facts.provenance[key].insert(plain(value));
    }
  }
}

// Objectives that have several seeds, and one pre-training job behind them all.
std::vector<std::string> pretrained_once(const Plan& plan) {
  std::map<std::string, std::set<int64_t>> pretrainings;
  std::map<std::string, std::set<std::string>> seeds;
  for (const Cell& cell : plan.cells) {
    if (!cell.baseline.empty()) continue;
    const std::string objective = coordinate(cell, "objective");
    seeds[objective].insert(coordinate(cell, "seed"));
    for (const int64_t job : upstream_jobs(plan, cell.job)) {
      if (plan.jobs[static_cast<size_t>(job)].kind == JobKind::pretrain) {
        pretrainings[objective].insert(job);
      }
    }
  }
  std::vector<std::string> objectives;
  for (const auto& [objective, jobs] : pretrainings) {
    if (jobs.size() == 1 && seeds[objective].size() > 1) objectives.push_back(objective);
  }
  return objectives;
}

std::vector<GroupSummary> summarise(const Analysis& analysis) {
  std::vector<GroupSummary> summaries;
  TaskRuns runs(analysis.groups);
  for (const CellGroup& group : analysis.groups) {
    GroupSummary summary{&group, {}, cost_of(group, *analysis.plan, *analysis.records)};
    for (const std::string& metric : analysis.plan->metrics) {
      const Scores scores = scores_of(group, metric);
      if (scores.num_items() == 0) continue;
      summary.scores[metric] =
          mean_estimate(scores, runs_of(group), runs.at(group, metric), analysis.options.intervals);
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace

const std::vector<std::string>& Analysis::labels(const std::string& axis) const {
  static const std::vector<std::string> none;
  const auto found = plan->axis_labels.find(axis);
  return found == plan->axis_labels.end() ? none : found->second;
}

std::vector<Failure> failures_of(const Analysis& analysis) {
  std::vector<Failure> failures;
  for (const Job& job : analysis.plan->jobs) {
    const auto found = analysis.records->find(job.key);
    if (found == analysis.records->end() || found->second.status == RunStatus::finished) continue;
    const Record& record = found->second;
    failures.push_back({job.key, job.name, to_string(job.kind), to_string(record.status),
                        record.reason, record.attempt});
  }
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& result : group.cells) {
      if (result.state != CellState::failed || result.record->status != RunStatus::finished)
        continue;
      const Job& job = analysis.plan->jobs[static_cast<size_t>(result.cell->job)];
      failures.push_back({job.key, result.cell->name, to_string(job.kind), "unusable",
                          result.reason, result.record->attempt});
    }
  }
  return failures;
}

std::vector<std::string> Analysis::starts() const {
  std::vector<std::string> found;
  for (const std::string& objective : labels("objective")) {
    for (const CellGroup& group : groups) {
      const bool own = group.baseline.empty() && group.objective == objective;
      if (own && std::find(found.begin(), found.end(), group.start()) == found.end()) {
        found.push_back(group.start());
      }
    }
  }
  return found;
}

const GroupSummary* Analysis::find(const std::string& task, const std::string& start,
                                   const std::string& template_name, const std::string& tuning,
                                   const std::string& train_size) const {
  const auto found = places.find({task, start, template_name, tuning, train_size});
  return found == places.end() ? nullptr : &summaries[found->second];
}

Analysis analyse(const Plan& plan, const std::map<std::string, Record>& records,
                 const DecisionOptions& options) {
  Analysis analysis;
  analysis.plan = &plan;
  analysis.records = &records;
  analysis.options = options;
  analysis.groups = group_cells(plan, records);
  count_cells(analysis.groups, analysis.facts);
  count_jobs(plan, records, analysis.facts);
  analysis.facts.pretrained_once = pretrained_once(plan);
  analysis.summaries = summarise(analysis);
  for (size_t i = 0; i < analysis.groups.size(); ++i) {
    const CellGroup& g = analysis.groups[i];
    if (g.baseline.empty())
      analysis.places[{g.task, g.start(), g.template_name, g.tuning, g.train_size}] = i;
  }
  analysis.strata = strata_of(plan, analysis.groups, options.intervals);
  analysis.decisions = decide(plan, analysis.groups, records, options);
  analysis.probes = probes_of(plan, records);
  analysis.selectors = score_selectors(plan, analysis.groups, analysis.probes, options);
  analysis.claims = judge_claims(plan, analysis.groups, options);
  return analysis;
}

}  // namespace dovetail
