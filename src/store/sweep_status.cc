// SPDX-License-Identifier: Apache-2.0
#include "store/sweep_status.h"

#include <algorithm>
#include <set>

#include "store/journal.h"
#include "store/results.h"

namespace dovetail {

namespace {

const Record* find_record(const std::map<std::string, Record>& records, const std::string& key) {
  const auto found = records.find(key);
  return found == records.end() ? nullptr : &found->second;
}

void count(StateCounts& counts, const Record* record) {
  ++counts.total;
  if (record == nullptr) {
    ++counts.missing;
    return;
  }
  switch (record->status) {
    case RunStatus::finished: ++counts.finished; return;
    case RunStatus::failed: ++counts.failed; return;
    case RunStatus::crashed: ++counts.crashed; return;
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

CostRatios cost_ratios(const Plan& plan, const std::map<std::string, Record>& records) {
  CostRatios ratios;
  for (const Job& job : plan.jobs) {
    const Record* record = find_record(records, job.key);
    if (record == nullptr || record->status != RunStatus::finished) continue;
    ratios.all.add(record->cost.wall_seconds, job.cost_seconds);
    ratios.by_kind[job.kind].add(record->cost.wall_seconds, job.cost_seconds);
  }
  return ratios;
}

// A kind without finished jobs takes the ratio of all kinds.
double missing_seconds_of(const Plan& plan, const std::map<std::string, Record>& records) {
  const CostRatios ratios = cost_ratios(plan, records);
  double seconds = 0;
  for (const Job& job : plan.jobs) {
    if (find_record(records, job.key) != nullptr) continue;
    const auto own = ratios.by_kind.find(job.kind);
    const bool own_known = own != ratios.by_kind.end() && own->second.known();
    const CostRatio& ratio = own_known ? own->second : ratios.all;
    if (!ratio.known()) return -1;
    seconds += job.cost_seconds * ratio.value();
  }
  return seconds;
}

int64_t workers_of(const Plan& plan, const std::map<std::string, Record>& records) {
  std::set<std::string> workers;
  for (const Job& job : plan.jobs) {
    const Record* record = find_record(records, job.key);
    if (record == nullptr || !record->provenance.is_object() ||
        !record->provenance.contains("rank"))
      continue;
    const Json host = record->provenance.value("host", Json());
    workers.insert(Json::array({host, record->provenance["rank"]})
                       .dump(-1, ' ', false, Json::error_handler_t::replace));
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

SweepStatus sweep_status(const Plan& plan, const std::map<std::string, Record>& records) {
  SweepStatus status{.sweep_name = plan.sweep_name};
  for (const Cell& cell : plan.cells)
    count(status.cells, find_record(records, plan.jobs[cell.job].key));
  for (const Job& job : plan.jobs) {
    const Record* record = find_record(records, job.key);
    count(status.jobs, record);
    count(status.jobs_by_kind[job.kind], record);
    if (record == nullptr) continue;
    status.spent_seconds += record->cost.wall_seconds;
    if (record->status == RunStatus::finished) continue;
    status.failures.push_back(
        {job.name, job.key, job.kind, record->status, record->reason, record->attempt});
  }
  status.workers = workers_of(plan, records);
  status.missing_seconds = missing_seconds_of(plan, records);
  if (status.missing_seconds >= 0)
    status.remaining_seconds = status.missing_seconds / static_cast<double>(status.workers);
  const auto num_recorded = static_cast<double>(status.jobs.total - status.jobs.missing);
  if (status.spent_seconds > 0) {
    status.jobs_per_minute =
        num_recorded / status.spent_seconds * 60 * static_cast<double>(status.workers);
  }
  return status;
}

SweepStatus read_status(const std::filesystem::path& results_folder) {
  SweepStatus status = sweep_status(read_plan(results_folder), read_journal(results_folder));
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
                        {"reason", failure.reason}});
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
