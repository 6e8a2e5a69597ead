// SPDX-License-Identifier: Apache-2.0
#include "comm/launcher.h"

#include <fmt/format.h>

#include <cstdlib>

namespace dovetail {

namespace {

int number_in(const Environment& environment, const char* name) {
  const char* text = environment(name);
  return text == nullptr ? 0 : std::atoi(text);
}

}  // namespace

// mpirun within a Slurm step counts its own processes: the step's tasks are its daemons.
LaunchedTasks launched_tasks(const Environment& environment) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    const int count = number_in(environment, name);
    if (count > 1) return {count, name, true};
    if (count == 1) return {};
  }
  const int count = number_in(environment, "SLURM_NTASKS");
  if (count > 1) return {count, "SLURM_NTASKS", false};
  return {};
}

bool launched_by_mpi(const Environment& environment) {
  if (environment("OMPI_COMM_WORLD_SIZE") != nullptr || environment("PMIX_RANK") != nullptr)
    return true;
  // PMI-2 alone says nothing: MPICH's launchers speak it too, and Open MPI aborts where it cannot
  const char* launcher = environment("DOVETAIL_LAUNCHER");
  return launcher != nullptr && std::string(launcher) == "srun-pmi2" &&
         environment("PMI_RANK") != nullptr;
}

std::string unconnected_text(const Environment& environment) {
  const LaunchedTasks tasks = launched_tasks(environment);
  if (tasks.count == 1) return "";
  const bool is_slurm = tasks.variable.starts_with("SLURM");
  const std::string others =
      tasks.is_sure
          ? fmt::format("{} started {} processes", is_slurm ? "srun" : "a launcher", tasks.count)
          : fmt::format("Slurm has {} tasks for this job", tasks.count);
  return fmt::format(
      "{} ({}={}), but MPI does not connect this one with the others: each would run the whole "
      "sweep alone. Start them with {}jobs/launch -n {}",
      others, tasks.variable, tasks.count, is_slurm ? "srun --mpi=pmix, or with " : "",
      tasks.count);
}

}  // namespace dovetail
