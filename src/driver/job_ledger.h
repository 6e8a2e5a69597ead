// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "driver/crash_reports.h"
#include "driver/driver.h"
#include "driver/job_batch.h"
#include "driver/job_durations.h"
#include "driver/messages.h"
#include "driver/time_estimate.h"
#include "plan/scheduler.h"

namespace dovetail {

// A job that ended with this record.
struct EndedJob {
  int64_t job = 0;  // index into the plan
  Record record;
  double seconds = 0;  // how long it ran
};

// A job that runs now, and for how long already.
struct RunningJob {
  int64_t job = 0;  // index into the plan
  double seconds = 0;
};

// The state of every job of the plan: keeps the scheduler, the journal and the time estimate in
// step. A record is in the journal before it counts. Knows no ranks and no messages; jobs are
// indices into the plan. Throws what the journal throws (a full disk).
class JobLedger {
 public:
  // All arguments must outlive the ledger.
  JobLedger(const Plan& plan, Journal& journal, const DriverOptions& options);

  // Takes over what earlier runs have recorded. To be called once, first.
  void load_journal();

  // Every job is settled, and every record of a job that a failed input blocks is written.
  bool complete() const { return scheduler_.done() && blocked_.empty(); }
  bool any_ready() const { return scheduler_.num_ready() > 0; }
  // Of a share without a running job, after take() found none: nothing will become ready here
  // before another share has ended its jobs, and every job left is such a one.
  bool left_to_others() const { return scheduler_.num_ready() == scheduler_.num_open(); }
  const Job& job(int64_t index) const { return plan_.jobs[index]; }

  // Takes the next ready job, longest path first, and what goes with it (job_batch.h). Empty: none
  // is ready. `careful` leaves out jobs that took their process down twice before. A share takes no
  // job of another. `last` is the job that the rank had before: one with its affinity is preferred.
  TakenJobs take(bool careful, int64_t num_ranks, std::optional<int64_t> last = {});
  // Notes the begin of jobs that were taken; returns them with the numbers of their attempts.
  Assignment begin(const TakenJobs& taken);
  // The job of this record; nothing for a record of no job of this plan.
  std::optional<int64_t> index_of(const Record& record) const;
  // Ends begun jobs with their records, which reach the disk together. Ignores the record of a job
  // that is settled already: a rank that was declared dead may come back with one.
  void add_records(std::vector<EndedJob> ended);
  // A begun job is ready again: unharmed by a clean stop (release), or after its process died
  // (lose), which counts as an unclean end unless it is known not to have been running.
  void release(int64_t index);
  void lose(int64_t index, const CrashReports::Death& death);

  // Of a share: settles the jobs that others have recorded since the last call; returns whether
  // there were any.
  bool read_others();

  // Writes failed records of some jobs that a failed input blocks; returns whether there were any.
  bool record_blocked();

  // Estimates the time left from the running jobs and the number of ranks at work. Fills all but
  // Progress::ranks.
  Progress progress(std::span<const RunningJob> running, int64_t num_workers,
                    double elapsed_seconds) const;
  RunSummary summary(bool stopped) const;

 private:
  void load_finished();
  void load_failed();
  bool failed_by_itself(const Job& job) const;
  void forgive(const Job& job);
  void explain_earlier_death(const std::string& key);
  bool record_crash_if_too_often(int64_t index);  // whether it did
  using Accepts = std::function<bool(int64_t)>;
  using Choose = std::function<std::optional<int64_t>(const Accepts& accepts)>;
  std::optional<int64_t> take_one(const Choose& choose, const Accepts& accepts);
  bool is_ours(int64_t index);

  void write(const std::vector<const Record*>& records);
  // Returns the jobs that a failure blocks.
  std::vector<Scheduler::Blocked> settle(int64_t index, RunStatus status);
  void block(const std::vector<Scheduler::Blocked>& blocked);
  const Record* known_record(const Job& job) const;
  double remaining_seconds(std::span<const RunningJob> running, int64_t num_workers) const;

  const Plan& plan_;
  Journal& journal_;
  const DriverOptions& options_;

  std::map<std::string, int64_t> by_key_;
  std::vector<double> longest_paths_;
  Scheduler scheduler_;
  TimeEstimate estimate_;
  JobDurations durations_;
  CrashReports crashes_;
  std::deque<Scheduler::Blocked> blocked_;  // by a failed input, and not yet in the journal
  int64_t num_finished_ = 0, num_failed_ = 0, num_blocked_ = 0, num_reused_ = 0;
};

}  // namespace dovetail
