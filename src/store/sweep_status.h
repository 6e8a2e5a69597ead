// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "plan/record.h"

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
};

// How far a sweep is. Times come from the wall seconds that finished jobs took, against what the
// plan estimated for them; numbers below zero are not known yet.
struct SweepStatus {
  std::string sweep_name;
  StateCounts cells;
  StateCounts jobs;
  std::map<JobKind, StateCounts> jobs_by_kind;
  std::string running;               // who runs it just now ("process 4711 on host a"), or ""
  int64_t workers = 1;               // distinct host and rank among the records
  double spent_seconds = 0;          // wall seconds of all recorded jobs, summed
  double missing_seconds = -1;       // the same for the missing ones, estimated
  double remaining_seconds = -1;     // until the end, on `workers` workers
  double jobs_per_minute = -1;       // on `workers` workers, from the finished jobs
  std::vector<JobFailure> failures;  // in the plan's order
};

// Of any plan and records.
SweepStatus sweep_status(const Plan& plan, const std::map<std::string, Record>& records);

// Of a results folder, from plan.json and the journal, without a lock: works while a run goes on.
SweepStatus read_status(const std::filesystem::path& results_folder);

// Numbers that are not known are null.
void to_json(Json& json, const SweepStatus& status);

}  // namespace dovetail
