// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "comm/process_identity.h"
#include "driver/pace.h"

namespace dovetail {

// Shows that a share lives: SHARE/pulse, a file that changes every few seconds. No clock of another
// machine is read, and no lock is needed.
class SharePulse {
 public:
  explicit SharePulse(std::filesystem::path share_folder);
  ~SharePulse();  // says that the share has ended
  SharePulse(const SharePulse&) = delete;

  void beat();  // to be called often; writes every five seconds

 private:
  void write(bool has_ended);

  std::filesystem::path folder_;
  Every due_;
  int64_t beats_ = 0;
};

// Watches the pulses of shares. A share is dead once it has said so, once its process on this
// machine has ended, or once its pulse has not changed for so long.
class PulseWatch {
 public:
  PulseWatch(std::filesystem::path journal_folder, double dead_after_seconds)
      : folder_(std::move(journal_folder)), dead_after_seconds_(dead_after_seconds) {}

  bool is_dead(const std::string& share);
  // The last beat that is_dead() saw.
  struct Beat {
    int64_t number = -1;  // -1: none
    std::string owner;    // "process 4711 on host node3"
  };
  Beat last_beat(const std::string& share) const;

 private:
  struct Pulse {
    ProcessIdentity process;
    int64_t beats = -1;
    std::string owner;
    bool is_known = false, has_ended = false;
    Every look{1};
    Clock::time_point changed = Clock::now();
  };
  void look_at(const std::string& share, Pulse& pulse) const;

  std::filesystem::path folder_;
  double dead_after_seconds_;
  std::map<std::string, Pulse> pulses_;
};

}  // namespace dovetail
