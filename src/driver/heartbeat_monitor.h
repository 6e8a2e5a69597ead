// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "driver/pace.h"
#include "driver/roster.h"

namespace dovetail {

// Rank 0's side of the heartbeats: sends its own to every other rank, and finds ranks whose process
// ended or whose heartbeats stopped.
class HeartbeatMonitor {
 public:
  HeartbeatMonitor(Communicator& communicator, Roster& roster, double dead_after_seconds);

  struct Death {
    int rank = 0;
    std::string reason;
  };
  // Returns the ranks found dead; the caller removes them from the roster. To be called in every
  // round: it acts a few times a second and returns nothing in between.
  std::vector<Death> check();

 private:
  std::string cause_of_death(int rank) const;  // "" while the rank lives

  Communicator& communicator_;
  Roster& roster_;
  double dead_after_seconds_;
  Every check_, send_heartbeat_;
  StandstillDetector standstill_;
};

}  // namespace dovetail
