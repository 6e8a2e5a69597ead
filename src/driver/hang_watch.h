// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/stop.h"
#include "driver/pace.h"

namespace dovetail {

// Finds that work in another thread of this process hangs: it has noted no progress (base/stop.h)
// for so many seconds, of those in which the process ran. Time in which it was stopped, or the
// machine slept, does not count, and work that goes on is never found, however long it takes.
class HangWatch {
 public:
  // Work begins, which may be silent for so many seconds; 0: for ever.
  void begin(double allowed_seconds) {
    allowed_seconds_ = allowed_seconds;
    begin_silence();
  }
  // To be called several times a second while the work runs.
  bool is_hung() {
    if (allowed_seconds_ <= 0) return false;
    if (progress_noted() != progress_) begin_silence();
    silent_seconds_ += std::min(seconds_since(last_look_), kLongestLook);
    last_look_ = Clock::now();
    return silent_seconds_ > allowed_seconds_;
  }
  double allowed_seconds() const { return allowed_seconds_; }

 private:
  // A look that took longer means that nothing of this process ran meanwhile.
  static constexpr double kLongestLook = 1;

  void begin_silence() {
    progress_ = progress_noted();
    silent_seconds_ = 0;
    last_look_ = Clock::now();
  }

  double allowed_seconds_ = 0, silent_seconds_ = 0;
  uint64_t progress_ = 0;
  Clock::time_point last_look_ = Clock::now();
};

}  // namespace dovetail
