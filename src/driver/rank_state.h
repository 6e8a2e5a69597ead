// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dovetail {

enum class RankState {
  starting,  // has not said hello yet
  idle,      // waits for a job
  busy,      // runs a job
  stopping,  // got a stop signal, handed its job back and is about to leave
  left       // left the run, or was declared dead
};

// The state as the progress line shows it: "starting", "idle", ...
std::string to_string(RankState state);

// What one rank does right now.
struct RankActivity {
  RankState state = RankState::idle;
  std::string job;  // name of the running job; "" unless busy
};

}  // namespace dovetail
