// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Makes the process keep freed memory instead of returning it to the kernel. Training and
// generation allocate the same large blocks again and again, and the kernel zeroes fresh ones each
// time.
void keep_freed_memory();

// The bytes that a process may still take: what the kernel says is available, within the limit of
// its control group (a container's, or Slurm's of a job).
int64_t available_memory();

// Returns what was kept to the kernel now. For between two stages of work whose blocks differ, as
// the many small ones of reading and the few large ones of writing: the gaps of one serve nobody.
void return_freed_memory();

}  // namespace dovetail
