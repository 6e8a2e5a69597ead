// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Identifies a process even if its process id is reused. Plain bytes, sent to other ranks as they
// are.
struct ProcessIdentity {
  uint64_t machine = 0;  // hash of the running kernel and of the process id namespace
  int64_t process = 0;
  uint64_t start_time = 0;  // ticks since the machine started
};

ProcessIdentity own_identity();

// Whether the process is known to have ended. Always false for a process of another machine.
bool has_ended(const ProcessIdentity& identity);

}  // namespace dovetail
