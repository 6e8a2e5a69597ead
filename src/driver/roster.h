// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "driver/pace.h"
#include "driver/rank_state.h"

namespace dovetail {

// The ranks of a run: the state of each, its jobs (indices into the plan), and when it was last
// heard of. Rank 0 is the coordinator's own job thread, which is always there.
class Roster {
 public:
  explicit Roster(int size);

  RankState state(int rank) const { return ranks_[rank].state; }
  const std::set<int>& idle() const { return idle_; }
  int64_t num_busy() const { return num_busy_; }
  int64_t num_present() const { return num_busy_ + static_cast<int64_t>(idle_.size()); }
  int size() const { return static_cast<int>(ranks_.size()); }

  const std::vector<int64_t>& jobs(int rank) const { return ranks_[rank].jobs; }
  // The last that it was given, if any.
  std::optional<int64_t> last_job(int rank) const { return ranks_[rank].last_job; }
  // Since it was given its jobs, or since the last of them that it has done.
  double busy_seconds(int rank) const { return seconds_since(ranks_[rank].begun); }
  double silent_seconds(int rank) const { return seconds_since(ranks_[rank].heard); }

  void hear(int rank) { ranks_[rank].heard = Clock::now(); }
  // Its peak resident set, as it last said.
  void set_peak_bytes(int rank, int64_t bytes) { ranks_[rank].peak_bytes = bytes; }
  int64_t peak_bytes(int rank) const { return ranks_[rank].peak_bytes; }
  // Restarts every rank's silence: the coordinator itself was suspended and could hear nobody.
  void hear_all();
  void begin(int rank, std::vector<int64_t> jobs);
  // One of its jobs is done; the others go on.
  void finish_job(int rank, int64_t job);

  // Each returns the jobs that the rank had.
  std::vector<int64_t> end(
      int rank);  // makes it idle; also a rank that was declared dead and is back
  std::vector<int64_t> remove(int rank, RankState state);  // stopping or left

 private:
  struct RosterEntry {
    RankState state = RankState::starting;
    std::vector<int64_t> jobs;
    std::optional<int64_t> last_job;
    Clock::time_point begun, heard = Clock::now();
    int64_t peak_bytes = 0;
  };
  std::vector<int64_t> change(int rank, RankState state);

  std::vector<RosterEntry> ranks_;
  std::set<int> idle_;
  int64_t num_busy_ = 0;
};

}  // namespace dovetail
