// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "store/journal.h"
#include "sweep/plan.h"
#include "sweep/record.h"

namespace dovetail {

// Runs a group of jobs and says what came of each, in order. Failures are records, not
// exceptions; only Interrupted may be thrown. Called from a worker thread, one at a time a rank.
using RunGroup = std::function<std::vector<Record>(std::span<const Job> group)>;

// What the progress display is told, a few times a second, on rank 0.
struct Progress {
  int64_t total = 0, done = 0, failed = 0, reused = 0;   // jobs
  double elapsed_seconds = 0;
  double remaining_seconds = 0;                          // estimate; < 0: not known yet
  double jobs_per_minute = 0;
  std::vector<std::string> doing;                        // by rank: the job's name, or "idle"
};

struct DriverOptions {
  int64_t max_unclean_ends = 3;    // a job that took its process down so often is recorded crashed
  std::function<void(const Progress&)> on_progress;
  std::function<void(const Record&)> on_record;   // after it is in the journal, rank 0
};

struct RunSummary {
  int64_t total = 0, finished = 0, failed = 0, reused = 0;
  int64_t unreached = 0;           // their inputs failed, or the run was stopped before them
  bool interrupted = false;
};

// Rank 0: hands out the plan's jobs that the journal lacks, longest path first, each after its
// inputs; trains too, in a thread of its own. A job whose input failed gets a failed record that
// names the input.
RunSummary coordinate(Communicator& communicator, const Plan& plan, Journal& journal,
                      const RunGroup& run_group, const DriverOptions& options);

// Every other rank: works until told to end.
void work(Communicator& communicator, const RunGroup& run_group);

}  // namespace dovetail
