// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "driver/driver.h"
#include "driver/messages.h"

namespace dovetail {

// A thread that runs one assignment after another, so that the thread beside it, which speaks MPI,
// stays responsive.
class JobThread {
 public:
  JobThread(int rank, const RunGroup& run_group);
  // Waits for the job that runs, which ends at its next step after request_stop().
  ~JobThread();
  JobThread(const JobThread&) = delete;

  bool busy() const { return busy_; }
  void start(Assignment assignment);  // not while busy

  // What came of the assignment; a record for each job, or none if the work was stopped.
  struct Outcome {
    Assignment assignment;
    std::vector<Record> records;
    bool interrupted = false;
  };
  std::optional<Outcome> poll();
  // Sleeps, at most so long; an outcome wakes it.
  void wait(std::chrono::microseconds at_most);

 private:
  void loop();
  Outcome run(Assignment assignment) const;

  const int rank_;
  const RunGroup& run_group_;
  bool busy_ = false;  // the caller's side of the state
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Assignment> to_do_;  // the three below are guarded by the mutex
  std::optional<Outcome> outcome_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

// A failed or crashed record of a job, with its reason.
Record failed_record(const Job& job, std::string reason, RunStatus status = RunStatus::failed);

}  // namespace dovetail
