// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver/job_thread.h"
#include "driver/pace.h"

namespace dovetail {

// A rank other than 0. Its jobs run in a thread of their own; the caller's thread exchanges
// messages with rank 0.
class Worker {
 public:
  Worker(Communicator& communicator, const RunGroup& run_group)
      : communicator_(communicator), jobs_(communicator.rank(), run_group) {}

  // Returns when rank 0 shuts the run down, or after a stop signal. Throws CommError when rank 0
  // is dead.
  void run();

 private:
  void work_until_shutdown();
  void leave();
  bool turn();  // returns whether anything happened
  void receive(const Message& message);
  void deliver(JobThread::Outcome outcome);
  void check_rank_0();
  void end_if_hung();
  void send_heartbeat();
  bool may_leave();
  void send(int tag, const Bytes& bytes) { communicator_.send(0, tag, bytes); }

  Communicator& communicator_;
  JobThread jobs_;
  bool shutdown_ = false, shutdown_acknowledged_ = false;
  int64_t num_unstored_ = 0;       // records that rank 0 has not yet confirmed to be on disk
  double dead_after_seconds_ = 0;  // 0: unknown before the welcome
  Clock::time_point heard_ = Clock::now();  // from rank 0
  StandstillDetector standstill_;
  Clock::time_point sent_heartbeat_ = Clock::now(), idle_since_ = Clock::now();
};

}  // namespace dovetail
