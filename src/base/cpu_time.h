// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

namespace dovetail {

// Seconds that the calling thread has had of a processor: other work on the machine adds none.
inline double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace dovetail
