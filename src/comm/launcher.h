// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

// What the environment says of how this process was started.
namespace dovetail {

// std::getenv, or a test's own.
using Environment = std::function<const char*(const char* name)>;

// How many processes the launcher started together, by the variable that says so.
struct LaunchedTasks {
  int count = 1;
  std::string variable;  // "SLURM_STEP_NUM_TASKS"; "" if none says more than one
  // Whether the variable counts the processes of this very launch. SLURM_NTASKS does not: it also
  // stands in a batch script, whose one process may have been started on purpose.
  bool is_sure = false;
};

LaunchedTasks launched_tasks(const Environment& environment);

// Whether Open MPI's mpirun, or srun with PMIx, started this process; or srun with PMI-2, where
// DOVETAIL_LAUNCHER says that Open MPI can do with that.
bool launched_by_mpi(const Environment& environment);

// What to tell a process that MPI leaves alone although several were started; "" if nothing is
// amiss. One sentence: what happened, and how to start them.
std::string unconnected_text(const Environment& environment);

}  // namespace dovetail
