// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <queue>

#include "comm/communicator.h"
#include "driver/messages.h"
#include "driver/pace.h"

namespace dovetail {

// The other side of a coordinator, for measuring it: ranks 1 and up that end a job the moment they
// get it, so that the coordinator never waits.
class SimulatedRanks final : public Communicator {
 public:
  using MakeRecord = std::function<Record(const Job&)>;
  SimulatedRanks(int size, MakeRecord make_record);
  ~SimulatedRanks() override;

  // From now on jobs take as long as the plan estimates, by a clock that jumps from one end of a
  // job to the next: that of the whole driver, until this object is gone. What the coordinator's
  // thread computes takes time, too.
  void simulate_time();
  double seconds() const;  // by that clock

  void send(int destination, int tag, Bytes bytes) override;
  std::optional<Message> poll() override;
  bool is_dead(int) override { return false; }

 private:
  struct JobEnd {
    Clock::time_point at;
    int rank = 0;
    Record record;
    bool last = false;  // of its assignment
    bool operator>(const JobEnd& other) const { return at > other.at; }
  };

  void begin(int rank, const Assignment& assignment);
  void jump_to_next_end();

  MakeRecord make_record_;
  std::deque<Message> arrived_;
  bool simulates_ = false, round_over_ = true;
  Clock::time_point now_ = {};
  double cpu_at_jump_ = 0;
  std::priority_queue<JobEnd, std::vector<JobEnd>, std::greater<>> ends_;
};

}  // namespace dovetail
