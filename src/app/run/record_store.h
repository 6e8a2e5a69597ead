// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "plan/plan.h"
#include "plan/record.h"
#include "store/journal.h"

namespace dovetail {

// Finished records beside the artefacts, STORE/KEY/record.cbor, so that sweeps which share a store
// share finished jobs. The journal is the truth about a run; this is a copy for others.
class RecordStore {
 public:
  explicit RecordStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The finished record of the job, under the job's own name; nothing where there is none, or a
  // damaged one.
  std::optional<Record> find(const Job& job) const;
  // Only finished records are kept: a failure may be the machine's.
  void keep(const Record& record) const;

  // Brings what is finished elsewhere into the journal, and hands on what only the journal has.
  // Returns how many jobs were brought in.
  int64_t exchange(const Plan& plan, Journal& journal) const;

 private:
  std::filesystem::path file_of(const std::string& key) const {
    return folder_ / key / "record.cbor";
  }

  std::filesystem::path folder_;
};

}  // namespace dovetail
