// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace dovetail {

// The driver's clock.
struct Clock {
  using duration = std::chrono::steady_clock::duration;
  using time_point = std::chrono::steady_clock::time_point;
  static time_point now() { return simulated ? *simulated : std::chrono::steady_clock::now(); }
  // In a simulation, where it is now; else null.
  inline static const time_point* simulated = nullptr;
};

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// How long to sleep between two polls for messages: short while messages arrive, longer while none
// do, so that polling takes almost nothing from a job on the same core.
class Pace {
 public:
  std::chrono::microseconds next(bool something_happened) {
    pause_ = something_happened ? kShortest : std::min(2 * pause_, kLongest);
    return pause_;
  }

 private:
  static constexpr std::chrono::microseconds kShortest{50}, kLongest{2000};
  std::chrono::microseconds pause_ = kShortest;
};

// A timer: due() is true at the first call, and then at most once in so many seconds.
class Every {
 public:
  explicit Every(double seconds) : seconds_(seconds) {}
  bool due() {
    if (started_ && seconds_since(last_) < seconds_) return false;
    started_ = true;
    last_ = Clock::now();
    return true;
  }

 private:
  double seconds_;
  bool started_ = false;
  Clock::time_point last_;
};

// Finds that this process itself stood still: it was suspended, or waited for a slow disk. What the
// others said in between waits to be read, so that their silence is no sign of death.
class StandstillDetector {
 public:
  // Whether more than so many seconds have passed since the last call.
  bool stood_still(double longer_than_seconds) {
    const double passed = seconds_since(last_call_);
    last_call_ = Clock::now();
    return passed > longer_than_seconds;
  }

 private:
  Clock::time_point last_call_ = Clock::now();
};

}  // namespace dovetail
