// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// Lets the process keep memory that is freed, instead of handing it back: training and generation
// ask for the same big pieces again and again, and fresh ones are zeroed by the kernel each time.
void keep_freed_memory();

}  // namespace dovetail
