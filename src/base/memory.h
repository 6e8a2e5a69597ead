// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// Makes the process keep freed memory instead of returning it to the kernel. Training and
// generation allocate the same large blocks again and again, and the kernel zeroes fresh ones each
// time.
void keep_freed_memory();

// Returns what was kept to the kernel now. For between two stages of work whose blocks differ, as
// the many small ones of reading and the few large ones of writing: the gaps of one serve nobody.
void return_freed_memory();

}  // namespace dovetail
