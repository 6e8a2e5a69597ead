// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "plan/plan.h"
#include "plan/record.h"
#include "store/journal.h"

namespace dovetail {

// The finished records of a store, each beside the artefacts of its job (STORE/KEY/record.cbor), so
// that sweeps which share a store share finished jobs. The journal is the truth about a run; this
// is a copy for other runs.
class RecordStore {
 public:
  explicit RecordStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Returns the finished record of the job, under the job's own name; nothing if there is none, or
  // a damaged one.
  std::optional<Record> find(const Job& job) const;
  // Saves a finished record. Ignores others: a failure may be the machine's.
  void save(const Record& record) const;

  // Saves the journal's finished records of the plan's jobs, but for those whose artefact is to be
  // made again: a record would stand in its way.
  void save_finished(const Plan& plan, const Journal& journal,
                     const std::set<std::string>& but_for) const;
  // Appends the store's records of jobs that the journal lacks.
  void load_and_append(const Plan& plan, Journal& journal) const;

 private:
  std::filesystem::path file_of(const std::string& key) const {
    return folder_ / key / "record.cbor";
  }

  std::filesystem::path folder_;
};

}  // namespace dovetail
