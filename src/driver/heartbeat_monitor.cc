// SPDX-License-Identifier: Apache-2.0
#include "driver/heartbeat_monitor.h"

#include "base/error.h"
#include "driver/messages.h"

namespace dovetail {

namespace {

constexpr double kCheckSeconds = 0.25;

}  // namespace

HeartbeatMonitor::HeartbeatMonitor(Communicator& communicator, Roster& roster,
                                   double dead_after_seconds)
    : communicator_(communicator),
      roster_(roster),
      dead_after_seconds_(dead_after_seconds),
      check_(kCheckSeconds),
      send_heartbeat_(dead_after_seconds / kHeartbeatsBeforeDeath) {}

std::vector<HeartbeatMonitor::Death> HeartbeatMonitor::check() {
  if (!check_.due()) return {};
  if (standstill_.stood_still(dead_after_seconds_ / 2)) roster_.hear_all();
  const bool send_heartbeats = send_heartbeat_.due();
  std::vector<Death> deaths;
  for (int rank = 1; rank < roster_.size(); ++rank) {
    if (roster_.state(rank) == RankState::left) continue;
    if (std::string cause = cause_of_death(rank); !cause.empty()) {
      deaths.push_back({rank, std::move(cause)});
    }
    if (send_heartbeats) communicator_.send(rank, kHeartbeat, {});
  }
  return deaths;
}

// A rank that has not said hello may still be loading its libraries: its silence proves nothing.
std::string HeartbeatMonitor::cause_of_death(int rank) const {
  if (communicator_.is_dead(rank)) return "its process ended";
  const double silent_seconds = roster_.silent_seconds(rank);
  if (roster_.state(rank) == RankState::starting || silent_seconds <= dead_after_seconds_)
    return "";
  return fmt::format("silent for {:.0f} s", silent_seconds);
}

}  // namespace dovetail
