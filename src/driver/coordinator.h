// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>

#include "driver/driver.h"
#include "driver/job_thread.h"
#include "driver/messages.h"
#include "driver/pace.h"
#include "driver/roster.h"
#include "driver/scheduler.h"
#include "driver/time_estimate.h"

namespace dovetail {

// Rank 0's side of a run. One round (turn()) looks at everything once and waits for nobody.
class Coordinator {
 public:
  Coordinator(Communicator& communicator, const Plan& plan, Journal& journal,
              const RunGroup& run_group, const DriverOptions& options);

  RunSummary run();

 private:
  // At the start: what the journal knows.
  void take_over_journal();
  void take_over_finished();
  void take_over_failed();
  bool failed_by_itself(const Job& job) const;
  void forgive(const Job& job);

  // A round; each tells whether anything happened.
  bool turn();
  bool receive_all();
  bool collect_own();
  bool hand_out();
  bool record_blocked();
  void watch();
  void report();

  void receive(const Message& message);
  void assign(int rank, int64_t job);
  void store(int rank, std::vector<Record> records);
  void store(const Record& record);
  void settle(int64_t job, RunStatus status);
  void block(const std::vector<Scheduler::Blocked>& blocked);
  void hand_back(int rank, Roster::State state);  // the rank's jobs are unharmed
  void lose(int rank, const std::string& reason);
  void look_after(int rank);
  void end_uncleanly(int64_t job);

  // The end of a run.
  void stop_jobs();
  void end_workers(double seconds);
  void end_after_failure();
  RunSummary summary() const;
  Progress progress() const;
  double remaining_seconds() const;
  std::vector<std::string> doing() const;

  const Record* known_record(const Job& job) const;
  void send(int rank, int tag, const Bytes& bytes) { communicator_.send(rank, tag, bytes); }

  Communicator& communicator_;
  const Plan& plan_;
  Journal& journal_;
  const DriverOptions& options_;

  std::map<std::string, int64_t> by_key_;
  std::vector<double> longest_paths_;
  Scheduler scheduler_;
  Roster roster_;
  TimeEstimate estimate_;
  std::deque<Scheduler::Blocked>
      blocked_;  // failed because of an input, but not yet in the journal
  int64_t num_finished_ = 0, num_failed_ = 0, num_blocked_ = 0, num_reused_ = 0;
  bool stopping_ = false;
  Clock::time_point started_ = Clock::now(), watched_ = Clock::now();
  Every watch_, show_life_, report_;
  JobThread own_;  // last: the first to end
};

}  // namespace dovetail
