// SPDX-License-Identifier: Apache-2.0
#include "driver/roster.h"

#include <utility>

#include "base/error.h"

namespace dovetail {

Roster::Roster(int size) : members_(size) { change(0, State::idle); }

void Roster::hear_all() {
  for (Member& member : members_) member.heard = Clock::now();
}

std::vector<int64_t> Roster::change(int rank, State state) {
  Member& member = members_.at(rank);
  if (member.state == State::busy) --num_busy_;
  idle_.erase(rank);
  member.state = state;
  if (state == State::busy) ++num_busy_;
  if (state == State::idle) idle_.insert(rank);
  return std::exchange(member.jobs, {});
}

void Roster::begin(int rank, std::vector<int64_t> jobs) {
  DOVETAIL_CHECK(state(rank) == State::idle);
  change(rank, State::busy);
  members_[rank].jobs = std::move(jobs);
  members_[rank].begun = members_[rank].heard = Clock::now();
}

std::vector<int64_t> Roster::end(int rank) { return change(rank, State::idle); }
std::vector<int64_t> Roster::remove(int rank, State state) { return change(rank, state); }

}  // namespace dovetail
