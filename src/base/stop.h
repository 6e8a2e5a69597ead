// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dovetail {

// Ctrl-C, SIGTERM and Slurm's SIGUSR1 set a flag. Long work checks it between steps and throws
// Interrupted, so that a run ends within seconds and can be resumed.
void install_stop_handlers();
void request_stop();
bool stop_requested();

// Throws Interrupted if a stop was requested.
void check_stop();

}  // namespace dovetail
