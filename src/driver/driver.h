// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "plan/plan.h"
#include "plan/record.h"
#include "store/journal.h"

namespace dovetail {

// Runs a group of jobs and says what came of each, in order. Failures are records, not
// exceptions; only Interrupted may be thrown. Called from a worker thread, one at a time a rank.
using RunGroup = std::function<std::vector<Record>(std::span<const Job> group)>;

// What the progress display is told, a few times a second, on rank 0.
struct Progress {
  int64_t total = 0;   // jobs
  int64_t done = 0;    // of them, whether they finished or failed, now or earlier
  int64_t failed = 0;  // of the done ones: failed, crashed, or held up by an input that failed
  int64_t reused = 0;  // of the done ones: finished before this run
  double elapsed_seconds = 0;
  double remaining_seconds = 0;  // estimate; < 0: not known yet
  double jobs_per_minute = 0;
  std::vector<std::string> doing;  // by rank: the job's name, "idle" or "gone"
};

struct DriverOptions {
  int64_t max_unclean_ends = 3;  // a job that took its process down so often is recorded crashed
  bool retry_failed = false;     // jobs that failed or crashed in an earlier run are tried again
  double dead_after_seconds =
      60;  // silence of a rank on another machine; on this one it shows at once
  std::function<void(const Progress&)> on_progress;
  std::function<void(const Record&)> on_record;  // after it is in the journal, rank 0
};

// How the plan stands at the end of a run.
struct RunSummary {
  int64_t total = 0;
  int64_t finished = 0;   // reused ones among them
  int64_t failed = 0;     // by themselves, in this run or an earlier one
  int64_t reused = 0;     // finished before this run
  int64_t unreached = 0;  // their inputs failed, or the run was stopped before them
  bool interrupted = false;
};

// Rank 0: hands out the plan's jobs that the journal lacks, longest path first, each after its
// inputs; trains too, in a thread of its own. A job whose input failed gets a failed record that
// names the input. After a stop signal (base/stop.h) everything winds down within seconds. A rank
// that dies or stays silent loses its job to the others. Throws what the journal throws (a full
// disk), after the other ranks were told to end.
RunSummary coordinate(Communicator& communicator, const Plan& plan, Journal& journal,
                      const RunGroup& run_group, const DriverOptions& options);

// Every other rank: works until told to end. A stop signal that reaches this rank alone makes it
// hand back its job and return. Throws CommError when rank 0 is gone.
void work(Communicator& communicator, const RunGroup& run_group);

}  // namespace dovetail
