// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "driver/driver.h"
#include "driver/heartbeat_monitor.h"
#include "driver/job_ledger.h"
#include "driver/job_thread.h"
#include "driver/messages.h"
#include "driver/pace.h"
#include "driver/roster.h"

namespace dovetail {

// Rank 0's side of a run: assigns the ledger's jobs to the ranks of the roster and stores their
// records. One round (turn()) looks at everything once and waits for no rank.
class Coordinator {
 public:
  Coordinator(Communicator& communicator, const Plan& plan, Journal& journal,
              const RunGroup& run_group, const DriverOptions& options);

  RunSummary run();

 private:
  // Parts of a round. Each returns whether anything happened.
  bool turn();
  bool receive_all();
  bool collect_own_records();
  bool follow_other_shares();
  bool assign_jobs();

  void receive(const Message& message);
  void assign(int rank, TakenJobs taken);
  void accept(int rank, Delivery delivery);
  void store_arrived();  // what was accepted in this round, with one wait for the disk
  void release_jobs(int rank, RankState state);  // puts back jobs that a clean stop left unharmed
  // Puts the jobs of a stopped rank back; a failure of its machine ("" for none) stops the run.
  void take_back(int rank, const std::string& machine_failure);
  void declare_dead(int rank, const std::string& reason);
  void remove_dead_ranks();
  void end_if_hung();

  // The end of a run.
  void stop_jobs();
  void shut_down_workers(double seconds);
  void shut_down_after_error();

  Progress progress() const;
  void send(int rank, int tag, const Bytes& bytes) { communicator_.send(rank, tag, bytes); }
  void send_to_workers(int tag);

  Communicator& communicator_;
  const DriverOptions& options_;
  JobLedger ledger_;
  Roster roster_;
  HeartbeatMonitor heartbeats_;
  struct Delivered {
    int rank = 0;
    int64_t num_records = 0;
    bool ended = false;
  };
  std::vector<EndedJob> arrived_;  // not yet on disk
  std::vector<Delivered> deliveries_;
  bool stopping_ = false;
  bool left_to_others_ = false;  // of a share: the others have all that is left
  std::string machine_failure_;  // the first one
  Clock::time_point started_ = Clock::now();
  Every report_progress_, read_others_;
  JobThread own_;  // last, so that its thread ends before anything else
};

}  // namespace dovetail
