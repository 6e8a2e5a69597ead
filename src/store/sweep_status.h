// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "plan/record.h"
#include "store/plan_index.h"
#include "store/record_summary.h"

namespace dovetail {

struct StateCounts {
  int64_t total = 0, finished = 0, failed = 0, crashed = 0, missing = 0;
};

struct JobFailure {
  std::string name, key;
  JobKind kind = JobKind::tune;
  RunStatus status = RunStatus::failed;
  std::string reason;
  int64_t attempt = 1;
  std::vector<std::string> last_log_lines;  // RecordSummary::last_log_lines
};

// The state of a sweep. Time estimates scale the plan's cost estimates by the wall seconds of
// finished jobs. Numbers below zero are unknown yet.
struct SweepStatus {
  std::string sweep_name;
  StateCounts cells;
  StateCounts jobs;
  std::map<JobKind, StateCounts> jobs_by_kind;
  std::string running;          // the process that runs it ("process 4711 on host a"); "" for none
  int64_t workers = 1;          // distinct pairs of host and rank among the records
  double spent_seconds = 0;     // summed wall seconds of all recorded jobs
  double missing_seconds = -1;  // estimate of the same for missing jobs
  double remaining_seconds = -1;     // until the end, on `workers` workers
  double jobs_per_minute = -1;       // on `workers` workers, from the finished jobs
  std::vector<JobFailure> failures;  // in the order of the plan
};

// The status of any plan and records.
SweepStatus sweep_status(const PlanIndex& plan, const RecordSummaries& records);
SweepStatus sweep_status(const Plan& plan, const std::map<std::string, Record>& records);

// The status of a results folder, from the index of plan.json and summaries of the journal's
// records: a hundred thousand cells take a moment. Takes no lock, so it works during a run.
SweepStatus read_status(const std::filesystem::path& results_folder);

// Unknown numbers become null.
void to_json(Json& json, const SweepStatus& status);

}  // namespace dovetail
