// SPDX-License-Identifier: Apache-2.0
#include "app/tally.h"

namespace dovetail {

namespace {

void count(const Record* record, StateCount& counts) {
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

}  // namespace

Tally tally_of(const Plan& plan, const std::map<std::string, Record>& records) {
  const auto record_of = [&](const Job& job) {
    const auto found = records.find(job.key);
    return found == records.end() ? nullptr : &found->second;
  };
  Tally tally;
  for (const Job& job : plan.jobs) {
    const Record* record = record_of(job);
    count(record, tally.jobs);
    if (record != nullptr && record->status != RunStatus::finished) tally.failures.push_back(record);
  }
  for (const Cell& cell : plan.cells) count(record_of(plan.jobs[cell.job]), tally.cells);
  return tally;
}

}  // namespace dovetail
