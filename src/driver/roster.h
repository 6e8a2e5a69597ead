// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "driver/pace.h"

namespace dovetail {

// Which ranks there are, what each one does, and when it was last heard of. Rank 0 is the
// coordinator's own worker thread: always there.
class Roster {
 public:
  explicit Roster(int size);

  // Not yet heard of; free for a job; busy; stopped by a signal and about to go; left or given up.
  enum class State { awaited, idle, busy, leaving, gone };

  State state(int rank) const { return members_[rank].state; }
  const std::set<int>& idle() const { return idle_; }
  int64_t num_busy() const { return num_busy_; }
  int64_t num_present() const { return num_busy_ + static_cast<int64_t>(idle_.size()); }
  int size() const { return static_cast<int>(members_.size()); }

  const std::vector<int64_t>& jobs(int rank) const { return members_[rank].jobs; }
  double busy_seconds(int rank) const { return seconds_since(members_[rank].begun); }
  double silent_seconds(int rank) const { return seconds_since(members_[rank].heard); }

  void hear(int rank) { members_[rank].heard = Clock::now(); }
  void hear_all();  // the coordinator itself was away, so silence says nothing
  void begin(int rank, std::vector<int64_t> jobs);
  // Each returns the jobs that the rank had.
  std::vector<int64_t> end(int rank);  // it is idle now; also one that was given up and is back
  std::vector<int64_t> remove(int rank, State state);  // leaving or gone

 private:
  struct Member {
    State state = State::awaited;
    std::vector<int64_t> jobs;
    Clock::time_point begun, heard = Clock::now();
  };
  std::vector<int64_t> change(int rank, State state);

  std::vector<Member> members_;
  std::set<int> idle_;
  int64_t num_busy_ = 0;
};

}  // namespace dovetail
