// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "comm/communicator.h"
#include "driver/rank_state.h"
#include "plan/job_groups.h"
#include "plan/plan.h"
#include "plan/record.h"
#include "plan/record_sink.h"
#include "store/journal.h"

namespace dovetail {

// Runs a group of jobs. Failures are records, not exceptions; only Interrupted may be thrown, and
// MachineFailure, which is no fault of the jobs: those without a record are put back, and the run
// stops. Called from a worker thread, one call at a time.
class RunGroup {
 public:
  // A function of the group and of a RecordSink; or one of the group alone, which returns a record
  // for each job, in order.
  template <typename Function>
  RunGroup(Function function) {  // NOLINT: callers pass their function
    if constexpr (std::is_invocable_v<Function, std::span<const Job>, const RecordSink&>) {
      run_ = std::move(function);
    } else {
      run_ = [function = std::move(function)](std::span<const Job> group, const RecordSink& done) {
        hand_over(function(group), group, done);
      };
    }
  }
  void operator()(std::span<const Job> group, const RecordSink& done) const { run_(group, done); }

 private:
  static void hand_over(std::vector<Record> records, std::span<const Job> group,
                        const RecordSink& done);

  std::function<void(std::span<const Job> group, const RecordSink& done)> run_;
};

// The state of a run on rank 0, for the progress display.
struct Progress {
  int64_t total = 0;   // jobs
  int64_t done = 0;    // finished or failed, in this run or before
  int64_t failed = 0;  // part of done: failed, crashed, or blocked by a failed input
  int64_t reused = 0;  // part of done: finished before this run
  double elapsed_seconds = 0;
  double remaining_seconds = 0;  // estimate; < 0 while unknown
  double jobs_per_minute = 0;
  std::vector<RankActivity> ranks;  // by rank
};

class JobLeases;

struct DriverOptions {
  // A job whose process died so often is recorded as crashed; after two deaths already where both
  // were its own doing, a fatal signal or no progress (driver/crash_reports.h).
  int64_t max_unclean_ends = 3;
  GroupLimits group;
  bool rank_0_works = true;      // runs jobs too, beside coordinating
  bool retry_failed = false;     // tries jobs again that failed or crashed in an earlier run
  std::set<std::string> repeat;  // keys of finished jobs that run again: their artefact is lost
  // Silence after which a rank of another machine counts as dead. On this machine a death shows
  // at once.
  double dead_after_seconds = 60;
  // Work of a job that has not called check_stop() for so long hangs, and its process is ended; or
  // three times as long as the whole job is expected to take, if that is more. 0: never.
  double hang_seconds = 600;
  // What ends rank 0 then, after the journal's last word; by default SIGKILL, as on other ranks.
  std::function<void(const std::string& reason)> end_rank_0;
  std::filesystem::path crash_notes;  // a folder for CrashReports; "": none are kept
  std::function<std::filesystem::path(int rank)> log_of_rank;  // whose end a crashed record has
  // Of a share, whose journal is one of a share too: which jobs are its own. The run ends when the
  // others have all that is left.
  JobLeases* leases = nullptr;
  std::function<void(const Progress&)> on_progress;  // a few times a second, rank 0
  std::function<void(const Record&)> on_record;      // after it is in the journal, rank 0
};

// The state of the plan at the end of a run.
struct RunSummary {
  int64_t total = 0;
  int64_t finished = 0;   // including reused ones
  int64_t failed = 0;     // by themselves, in this run or an earlier one
  int64_t reused = 0;     // finished before this run
  int64_t unreached = 0;  // blocked by a failed input, or not reached before a stop
  bool interrupted = false;
  // Of a run that a machine failed: rank, job and what happened, one sentence. Else "".
  std::string machine_failure;
};

// Rank 0: assigns the jobs that the journal lacks, longest path first, each after its inputs, and
// runs jobs itself in a thread of its own. A job whose input failed gets a failed record that names
// the input. After a stop signal (base/stop.h) the run ends within seconds. The jobs of a rank that
// dies or stays silent go to other ranks. A MachineFailure of a job on any rank stops the run as a
// signal does, and no job is recorded as failed for it. Rethrows the journal's exceptions (a full
// disk) after it has shut the workers down.
RunSummary coordinate(Communicator& communicator, const Plan& plan, Journal& journal,
                      const RunGroup& run_group, const DriverOptions& options);

// Every other rank: runs assigned jobs until rank 0 shuts it down. After a stop signal that reaches
// this rank alone it hands back its job and returns. Throws CommError when rank 0 is dead.
void work(Communicator& communicator, const RunGroup& run_group);

}  // namespace dovetail
