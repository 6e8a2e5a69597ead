// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// Writes rank 0's exit code to the file that DOVETAIL_EXIT_CODE_FILE names, and returns the code to
// exit with, which then is 0: mpirun would report the code of whichever rank it noticed first, with
// a paragraph of its own. Without the variable, and on other ranks, the code itself.
int leave_exit_code(int exit_code);

}  // namespace dovetail
