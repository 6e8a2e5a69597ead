// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// Ctrl-C, SIGTERM and Slurm's SIGUSR1 set a flag. Long work checks it between steps and throws
// Interrupted, so that a run ends within seconds and can be resumed.
void install_stop_handlers();
void request_stop();
bool stop_requested();

// Throws Interrupted if a stop was requested.
void check_stop();

// Says that work in this process gets on, as check_stop() does too: a number that stands still for
// long shows work that hangs.
void note_progress();
uint64_t progress_noted();  // how often

}  // namespace dovetail
