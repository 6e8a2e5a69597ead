// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "driver/driver.h"
#include "driver/hang_watch.h"
#include "driver/messages.h"
#include "driver/pace.h"

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
  // Why the running work hangs, a sentence; "" while it does not. To be called often.
  std::string why_hung();
  // Begins no more jobs of the running assignment; it ends without their records.
  void drop_rest();
  // From now on a job is begun only within so many seconds after heard_now(), by which the caller
  // says that every message up to now is read: a process that stood still, or whose link was cut,
  // would begin jobs that others have done meanwhile.
  void begin_only_within(double seconds);
  void heard_now();

  // What came of an assignment since the last poll: records of jobs that are done, and whether that
  // was all. An assignment that was interrupted, by a stop or by a failure of the machine, whose
  // message it has, ends without records of the other jobs.
  struct Outcome {
    std::vector<Record> records;
    bool ended = false;
    bool interrupted = false;
    std::string machine_failure;
  };
  std::optional<Outcome> poll();
  // Sleeps until there is an outcome, at most so long.
  void wait(std::chrono::microseconds at_most);

 private:
  void loop();
  void run(const Assignment& assignment);
  bool may_begin();
  void run_part(const Assignment& assignment, size_t first, size_t count);
  void hand_over(const Assignment& assignment, size_t job, Record record);

  const int rank_;
  const RunGroup& run_group_;
  bool busy_ = false;  // the caller's side of the state
  HangWatch hang_watch_;
  std::string running_;  // the first job of the assignment
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Assignment> to_do_;  // all below are guarded by the mutex
  Outcome outcome_;                  // what no poll has taken yet
  bool ending_ = false, dropped_ = false;
  double begin_within_ = 0;  // 0: whenever
  Clock::time_point heard_ = Clock::now();
  std::thread thread_;  // last: it uses all of the above
};

// A failed or crashed record of a job, with its reason.
Record failed_record(const Job& job, std::string reason, RunStatus status = RunStatus::failed);

}  // namespace dovetail
