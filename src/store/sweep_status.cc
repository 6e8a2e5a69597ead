// SPDX-License-Identifier: Apache-2.0
#include "store/sweep_status.h"

#include <algorithm>
#include <future>
#include <set>

#include "store/journal.h"
#include "store/plan_file.h"

namespace dovetail {

namespace {

// A job of the plan, and its record if it has one.
struct JobState {
  const PlanIndex::Entry& job;
  const RecordSummary* record;
  bool finished() const { return record && record->status == RunStatus::finished; }
};

std::vector<JobState> states_of(const PlanIndex& plan, const RecordSummaries& records) {
  std::vector<JobState> states;
  states.reserve(plan.jobs.size());
  for (const PlanIndex::Entry& job : plan.jobs) {
    const auto found = records.find(job.key);
    states.push_back({job, found == records.end() ? nullptr : &found->second});
  }
  return states;
}

void count(StateCounts& counts, const RecordSummary* record, int64_t times = 1) {
  counts.total += times;
  if (record == nullptr) {
    counts.missing += times;
    return;
  }
  switch (record->status) {
    case RunStatus::finished: counts.finished += times; return;
    case RunStatus::failed: counts.failed += times; return;
    case RunStatus::crashed: counts.crashed += times; return;
  }
}

// The seconds that jobs took, relative to the plan's estimates.
struct CostRatio {
  double taken = 0, estimated = 0;
  bool known() const { return taken > 0 && estimated > 0; }
  double value() const { return taken / estimated; }
  void add(double taken_seconds, double estimated_seconds) {
    taken += taken_seconds;
    estimated += estimated_seconds;
  }
};

struct CostRatios {
  CostRatio all;
  std::map<JobKind, CostRatio> by_kind;
};

CostRatios cost_ratios(const std::vector<JobState>& states) {
  CostRatios ratios;
  for (const JobState& state : states) {
    if (!state.finished()) continue;
    ratios.all.add(state.record->wall_seconds, state.job.cost_seconds);
    ratios.by_kind[state.job.kind].add(state.record->wall_seconds, state.job.cost_seconds);
  }
  return ratios;
}

// A kind without finished jobs takes the ratio of all kinds.
double missing_seconds_of(const std::vector<JobState>& states) {
  const CostRatios ratios = cost_ratios(states);
  double seconds = 0;
  for (const JobState& state : states) {
    if (state.record != nullptr) continue;
    const auto own = ratios.by_kind.find(state.job.kind);
    const bool own_known = own != ratios.by_kind.end() && own->second.known();
    const CostRatio& ratio = own_known ? own->second : ratios.all;
    if (!ratio.known()) return -1;
    seconds += state.job.cost_seconds * ratio.value();
  }
  return seconds;
}

int64_t workers_of(const std::vector<JobState>& states) {
  std::set<std::string> workers;
  for (const JobState& state : states) {
    if (state.record && !state.record->worker.empty()) workers.insert(state.record->worker);
  }
  return std::max<int64_t>(1, std::ssize(workers));
}

Json known_or_null(double value) { return value < 0 ? Json(nullptr) : Json(value); }

Json counts_json(const StateCounts& counts) {
  return {{"total", counts.total},
          {"finished", counts.finished},
          {"failed", counts.failed},
          {"crashed", counts.crashed},
          {"missing", counts.missing}};
}

}  // namespace

SweepStatus sweep_status(const PlanIndex& plan, const RecordSummaries& records) {
  const std::vector<JobState> states = states_of(plan, records);
  SweepStatus status{.sweep_name = plan.sweep_name};
  for (const auto& [job, record] : states) {
    count(status.cells, record, job.num_cells);
    count(status.jobs, record);
    count(status.jobs_by_kind[job.kind], record);
    if (record == nullptr) continue;
    status.spent_seconds += record->wall_seconds;
    if (record->status == RunStatus::finished) continue;
    status.failures.push_back({record->name, job.key, job.kind, record->status, record->reason,
                               record->attempt, record->last_log_lines});
  }
  status.workers = workers_of(states);
  status.missing_seconds = missing_seconds_of(states);
  if (status.missing_seconds >= 0)
    status.remaining_seconds = status.missing_seconds / static_cast<double>(status.workers);
  const auto num_recorded = static_cast<double>(status.jobs.total - status.jobs.missing);
  if (status.spent_seconds > 0) {
    status.jobs_per_minute =
        num_recorded / status.spent_seconds * 60 * static_cast<double>(status.workers);
  }
  return status;
}

SweepStatus sweep_status(const Plan& plan, const std::map<std::string, Record>& records) {
  RecordSummaries summaries;
  for (const auto& [key, record] : records) summaries.emplace(key, summary_of(record));
  return sweep_status(index_of(plan), summaries);
}

SweepStatus read_status(const std::filesystem::path& results_folder) {
  auto records = std::async(std::launch::async, [&] { return read_summaries(results_folder); });
  const PlanIndex plan = read_plan_index(results_folder);
  SweepStatus status = sweep_status(plan, records.get());
  status.running = journal_holder(results_folder);
  return status;
}

void to_json(Json& json, const SweepStatus& status) {
  Json by_kind = Json::object();
  for (const auto& [kind, counts] : status.jobs_by_kind)
    by_kind[to_string(kind)] = counts_json(counts);
  Json failures = Json::array();
  for (const JobFailure& failure : status.failures) {
    failures.push_back({{"name", failure.name},
                        {"key", failure.key},
                        {"kind", to_string(failure.kind)},
                        {"status", to_string(failure.status)},
                        {"attempt", failure.attempt},
                        {"reason", failure.reason},
                        {"last_log_lines", failure.last_log_lines}});
  }
  json = {{"sweep", status.sweep_name},
          {"running", !status.running.empty()},
          {"runner", status.running},
          {"cells", counts_json(status.cells)},
          {"jobs", counts_json(status.jobs)},
          {"jobs_by_kind", std::move(by_kind)},
          {"workers", status.workers},
          {"jobs_per_minute", known_or_null(status.jobs_per_minute)},
          {"spent_seconds", status.spent_seconds},
          {"remaining_seconds", known_or_null(status.remaining_seconds)},
          {"failures", std::move(failures)}};
}

}  // namespace dovetail
