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

// Runs one assignment after another in a thread of its own, so that the caller's thread, which
// exchanges messages, stays responsive.
class JobThread {
 public:
  JobThread(int rank, const RunGroup& run_group);
  // Waits for the running job; after request_stop() it ends at its next step.
  ~JobThread();
  JobThread(const JobThread&) = delete;

  bool busy() const { return busy_; }
  void start(Assignment assignment);  // not while busy

  // The outcome of an assignment: a record for each job, or none if it was interrupted: by a stop,
  // or by a failure of the machine, whose message it has.
  struct Outcome {
    Assignment assignment;
    std::vector<Record> records;
    bool interrupted = false;
    std::string machine_failure;
  };
  std::optional<Outcome> poll();
  // Sleeps until there is an outcome, at most so long.
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
