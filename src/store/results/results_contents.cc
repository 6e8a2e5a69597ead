// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_contents.h"

#include <algorithm>
#include <set>

#include "store/results/netcdf.h"

namespace dovetail {

CellStatus ResultRow::status() const {
  if (record == nullptr) return CellStatus::missing;
  switch (record->status) {
    case RunStatus::finished: return CellStatus::finished;
    case RunStatus::failed: return CellStatus::failed;
    case RunStatus::crashed: return CellStatus::crashed;
  }
  throw std::logic_error("a status outside its enumeration");
}

double ResultRow::metric(const std::string& name) const {
  if (!finished()) return kNoNumber;
  const auto found = record->metrics.find(name);
  return found == record->metrics.end() ? kNoNumber : one_nan(found->second);
}

double ResultRow::num_test() const {
  if (!finished()) return kNoNumber;
  size_t count = record->predictions.size();
  for (const auto& [name, scores] : record->per_example) count = std::max(count, scores.size());
  return static_cast<double>(count);
}

namespace {

template <typename Jobs>
std::vector<JobName> names_of_jobs(const Jobs& jobs) {
  std::vector<JobName> names;
  names.reserve(jobs.size());
  for (const auto& job : jobs) names.push_back({job.key, job.name, job.kind});
  return names;
}

}  // namespace

ResultContents::ResultContents(const Plan& plan, const std::map<std::string, Record>& records)
    : plan(plan), jobs(names_of_jobs(plan.jobs)), metrics(plan.metrics) {
  add_rows(records);
}

ResultContents::ResultContents(const PlanOutline& outline,
                               const std::map<std::string, Record>& records)
    : plan(outline.plan), jobs(names_of_jobs(outline.jobs)), metrics(outline.plan.metrics) {
  add_rows(records);
}

void ResultContents::add_rows(const std::map<std::string, Record>& records) {
  const auto row_of = [&](int64_t job, const Cell* cell) {
    const auto found = records.find(std::string(jobs.at(job).key));
    return ResultRow{&jobs[job], cell, found == records.end() ? nullptr : &found->second};
  };
  std::vector<bool> is_cell(jobs.size());
  std::set<std::string> others;
  for (const Cell& cell : plan.cells) {
    is_cell[cell.job] = true;
    cells.push_back(row_of(cell.job, &cell));
    if (!cells.back().finished()) continue;
    ++num_finished_cells;
    for (const auto& [name, value] : cells.back().record->metrics) others.insert(name);
  }
  for (const Cell& probe : plan.probes) probes.push_back(row_of(probe.job, &probe));
  for (const std::string& name : plan.metrics) others.erase(name);
  metrics.insert(metrics.end(), others.begin(), others.end());
  for (size_t job = 0; job < jobs.size(); ++job) {
    if (!is_cell[job]) shared_jobs.push_back(row_of(static_cast<int64_t>(job), nullptr));
  }
}

void add_status(NetcdfGroup& group, const std::vector<std::string>& dimensions,
                const std::vector<uint8_t>& values) {
  const hdf5::Handle dataset = group.add("status", dimensions, values);
  constexpr uint8_t kValues[] = {0, 1, 2, 3, 4};
  hdf5::write_attribute(dataset, "flag_values", hdf5::type_of<uint8_t>(), kValues, 5);
  hdf5::write_attribute(dataset, "flag_meanings", "missing finished failed crashed excluded");
}

std::vector<int64_t> offsets_of(const std::vector<size_t>& sizes) {
  std::vector<int64_t> offsets = {0};
  offsets.reserve(sizes.size() + 1);
  for (const size_t size : sizes) offsets.push_back(offsets.back() + static_cast<int64_t>(size));
  return offsets;
}

}  // namespace dovetail
