// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/run/run_paths.h"
#include "driver/driver.h"

namespace dovetail {

// Runs the group under a CrashWatch: OUT/logs/crashes/KEY says of what a job's process died, and
// the log when it began.
RunGroup with_crash_notes(const RunGroup& run, const RunPaths& paths, int rank);

// Rank 0's share in it: DriverOptions::crash_notes, log_of_rank and end_rank_0,
// which says how to go on and exits with 75.
void explain_deaths(DriverOptions& options, const RunPaths& paths, const std::string& command_line);

}  // namespace dovetail
