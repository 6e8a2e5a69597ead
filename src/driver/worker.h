// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver/job_thread.h"
#include "driver/pace.h"

namespace dovetail {

// A rank other than 0: its jobs run in one thread, its messages in the caller's.
class Worker {
 public:
  Worker(Communicator& communicator, const RunGroup& run_group)
      : communicator_(communicator), jobs_(communicator.rank(), run_group) {}

  void run();

 private:
  void work_until_end();
  void leave();
  bool turn();  // whether anything happened
  void receive(const Message& message);
  void deliver(JobThread::Outcome outcome);
  void show_life();
  bool may_leave();
  void send(int tag, const Bytes& bytes) { communicator_.send(0, tag, bytes); }

  Communicator& communicator_;
  JobThread jobs_;
  bool ended_ = false, dismissed_ = false;
  int64_t num_unstored_ = 0;       // records that rank 0 has not yet said to be on disk
  double dead_after_seconds_ = 0;  // 0: not known before the welcome
  Clock::time_point heard_ = Clock::now(), shown_ = Clock::now(), idle_since_ = Clock::now();
};

}  // namespace dovetail
