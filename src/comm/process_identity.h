// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Tells processes apart, also when a process id is used again. Plain bytes, to be sent as they are.
struct ProcessIdentity {
  uint64_t machine = 0;  // of the running kernel and the namespace of process ids
  int64_t process = 0;
  uint64_t start_time = 0;  // ticks since the machine started
};

ProcessIdentity own_identity();

// False for a process of another machine, of which nothing is known.
bool has_ended(const ProcessIdentity& identity);

}  // namespace dovetail
