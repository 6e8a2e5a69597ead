// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "driver/share_pulse.h"

namespace dovetail {

inline constexpr std::string_view kOwnerFolder = "owner-";  // begins their names

// Keeps a second coordinator out of a results folder where flock does not: on file systems that
// lack it, and between hosts that each have their own. An owner is the folder DIR/journal/owner-N,
// N being its epoch; whoever makes it has it, because a folder is made once on every shared file
// system. Its pulse (driver/share_pulse.h) says who the owner is: machine, process, start time. A
// dead owner is followed by the next epoch.
//
// An owner that stood still for so long that it counted as dead may wake up: check() tells.
class CoordinatorLease {
 public:
  // Throws FolderInUse when the owner shows a new pulse, MachineFailure when the folder cannot be
  // written, Interrupted. An owner whose end nobody can see counts as dead after so many seconds
  // without a pulse: to be short where flock has already said that the owner is gone.
  CoordinatorLease(const std::filesystem::path& results_folder, double dead_after_seconds);
  ~CoordinatorLease();
  CoordinatorLease(const CoordinatorLease&) = delete;

  // Throws MachineFailure if another coordinator has followed this one. To be called before each
  // write to the journal.
  void check() const;
  int64_t epoch() const { return epoch_; }

 private:
  std::filesystem::path owner_folder(int64_t epoch) const;
  int64_t latest_epoch() const;
  void wait_for_death(int64_t epoch, double dead_after_seconds) const;
  void beat_until_end();

  std::filesystem::path results_folder_, journal_folder_;
  int64_t epoch_ = 0;
  std::optional<SharePulse> pulse_;
  std::atomic<bool> ending_ = false;
  std::thread beating_;
};

}  // namespace dovetail
