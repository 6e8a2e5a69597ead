// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>

#include "app/run/run_paths.h"
#include "driver/coordinator_lease.h"
#include "plan/plan.h"
#include "store/journal.h"

namespace dovetail {

struct RunRequest {
  RunPaths paths;
  std::string store;  // as given with --store, or ""
  std::string command_line;
  double wait_seconds = 0;  // for another run on the folder to end
  bool is_share = false;
  bool is_alone = true;  // MPI knows no other rank
};

struct BegunRun {
  RunPaths paths;
  std::unique_ptr<CoordinatorLease> lease;  // of a run that is no share; outlives the journal
  std::unique_ptr<Journal> journal;
  std::set<std::string> repeat;  // DriverOptions::repeat
};

// Takes the results folder for a run of `plan`, a part of `whole`: opens the journal, writes the
// plan, opens the log, and takes over what the store has. A share does that only where no other
// share is at work, and then joins them. Throws ConfigError if the folder is not for this sweep,
// and FolderInUse if another run has it.
BegunRun begin_run(const RunRequest& request, const Plan& whole, const Plan& plan);

}  // namespace dovetail
