// SPDX-License-Identifier: Apache-2.0
#include "app/run/group_limits.h"

#include <ATen/DeviceAccelerator.h>

#include <algorithm>
#include <cstdlib>

#include "base/memory.h"

namespace dovetail {

namespace {

// Of this machine, as mpirun or srun says; 1 where a rank was started by hand.
double ranks_of_machine() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"})
    if (const char* count = std::getenv(name)) return std::max(1, std::atoi(count));
  const char* of_node = std::getenv("SLURM_STEP_TASKS_PER_NODE");  // "4", or "4(x2),3"
  return of_node ? std::max(1, std::atoi(of_node)) : 1;
}

double free_bytes(const at::Device& device) {
  if (device.is_cpu()) return static_cast<double>(available_memory()) / ranks_of_machine();
  return static_cast<double>(at::accelerator::getMemoryInfo(device.index()).first);
}

}  // namespace

GroupLimits group_limits(int64_t jobs, double gibibytes, const at::Device& device) {
  constexpr double kGibibyte = 1 << 30;
  return {.jobs = jobs, .bytes = gibibytes > 0 ? gibibytes * kGibibyte : free_bytes(device) / 2};
}

}  // namespace dovetail
