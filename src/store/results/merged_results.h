// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "store/journal.h"
#include "store/merged_plan.h"

namespace dovetail {

// A results folder that is merged with others.
struct MergeSource {
  std::string name;  // in messages
  Plan plan;
  JournalContent journal;
};

struct MergedResults {
  Plan plan;
  std::map<std::string, Record> records;  // of the plan's jobs
  // The keys of finished records and the claims, in the order of the merged journal.
  std::vector<std::variant<std::string, Registration>> order;
  int64_t num_equal = 0;     // finished records that several folders have with the same results
  MergeConflicts conflicts;  // if there are any, the rest is of no use
};

// Joins plans (store/merged_plan.h) and records. A finished record wins over a failed one. Two
// finished ones of a job with the same results are one, the first; with different results they are
// a conflict, never averaged. `first_wins` settles those with the first source in its favour.
//
// A claim counts as registered where every folder that has it had registered it, and after all
// results of the folders that lack it: merging makes no claim earlier than it was.
MergedResults merge_results(std::vector<MergeSource> sources, bool first_wins);

// Writes plan.json, sweep.toml, the journal and results.h5 of an empty folder. Throws SystemError
// or MachineFailure.
void write_merged(const std::filesystem::path& folder, const MergedResults& merged);

}  // namespace dovetail
