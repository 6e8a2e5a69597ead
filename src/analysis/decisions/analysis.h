// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/decisions/regret.h"
#include "analysis/decisions/strata.h"
#include "analysis/decisions/verdicts.h"

namespace dovetail {

// Counts of cells and jobs, and the provenance of the records.
struct RunFacts {
  int64_t cells = 0, cells_finished = 0, cells_failed = 0, cells_missing = 0;
  int64_t jobs = 0, jobs_finished = 0, jobs_failed = 0;
  double job_seconds = 0;  // wall seconds, summed over the jobs
  // Distinct values over the records, by provenance key (commit, threads, device, host, ...).
  std::map<std::string, std::set<std::string>> provenance;
  // Objectives whose cells all start from one pre-training run, whatever their seed.
  std::vector<std::string> pretrained_once;
  std::string command;  // that goes on with the run; "" where it is not known
};

struct GroupSummary {
  const CellGroup* group = nullptr;
  std::map<std::string, Estimate> scores;  // by metric
  GroupCost cost;
};

// Everything that report and advice are made from. It points into `plan` and `records`, which must
// outlive it.
struct Analysis {
  Analysis() = default;
  Analysis(Analysis&&) = default;  // summaries point into groups, so it is moved, not copied
  Analysis& operator=(Analysis&&) = default;

  const Plan* plan = nullptr;
  const std::map<std::string, Record>* records = nullptr;
  DecisionOptions options;
  RunFacts facts;
  std::vector<CellGroup> groups;
  std::vector<GroupSummary> summaries;  // of `groups`, in their order
  // Index into `summaries` of the groups that are no baselines; see find().
  std::map<std::vector<std::string>, size_t> places;
  std::vector<StratumSummary> strata;  // empty where no task's data name columns for them
  std::vector<Decision> decisions;
  std::vector<ClaimResult> claims;
  std::vector<Probe> probes;
  std::vector<SelectorResult> selectors;  // empty if there is nothing to choose between

  // A plan's axis in the order of the sweep file; empty if the plan has none.
  const std::vector<std::string>& labels(const std::string& axis) const;
  // The distinct CellGroup::start(), by objective in the order of the sweep file.
  std::vector<std::string> starts() const;
  // Null if the sweep has no such cells. `start` is a CellGroup::start().
  const GroupSummary* find(const std::string& task, const std::string& start,
                           const std::string& template_name, const std::string& tuning,
                           const std::string& train_size) const;
};

// A job that failed, or a cell whose record cannot be used.
struct Failure {
  std::string key, name, kind, status, reason;
  int64_t attempt = 1;
};
std::vector<Failure> failures_of(const Analysis& analysis);

// Deterministic: the same plan, records and options give the same numbers.
Analysis analyse(const Plan& plan, const std::map<std::string, Record>& records,
                 const DecisionOptions& options = {});

}  // namespace dovetail
