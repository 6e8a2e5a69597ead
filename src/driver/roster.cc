// SPDX-License-Identifier: Apache-2.0
#include "driver/roster.h"

#include <utility>

#include "base/error.h"

namespace dovetail {

Roster::Roster(int size) : ranks_(size) { change(0, RankState::idle); }

void Roster::hear_all() {
  for (RosterEntry& entry : ranks_) entry.heard = Clock::now();
}

std::vector<int64_t> Roster::change(int rank, RankState state) {
  RosterEntry& entry = ranks_.at(rank);
  if (entry.state == RankState::busy) --num_busy_;
  idle_.erase(rank);
  entry.state = state;
  if (state == RankState::busy) ++num_busy_;
  if (state == RankState::idle) idle_.insert(rank);
  return std::exchange(entry.jobs, {});
}

void Roster::begin(int rank, std::vector<int64_t> jobs) {
  DOVETAIL_CHECK(state(rank) == RankState::idle);
  change(rank, RankState::busy);
  if (!jobs.empty()) ranks_[rank].last_job = jobs.back();
  ranks_[rank].jobs = std::move(jobs);
  ranks_[rank].begun = ranks_[rank].heard = Clock::now();
}

void Roster::finish_job(int rank, int64_t job) {
  std::erase(ranks_[rank].jobs, job);
  ranks_[rank].begun = Clock::now();
}

std::vector<int64_t> Roster::end(int rank) { return change(rank, RankState::idle); }
std::vector<int64_t> Roster::remove(int rank, RankState state) { return change(rank, state); }

}  // namespace dovetail
