// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dovetail {

// What starts the ranks of a job, and why: "srun --mpi=pmix: Slurm has it, ...".
struct LauncherChoice {
  std::string launcher;  // srun-pmix, srun-pmi2 or mpirun
  std::string why;
};

// `srun_list`: what `srun --mpi=list` prints. `ompi_info`: what `ompi_info --parsable` prints, or
// "" where there is none. srun starts ranks only where Slurm and Open MPI have the same PMI; mpirun
// starts them inside any allocation.
LauncherChoice choose_launcher(const std::string& srun_list, const std::string& ompi_info);

}  // namespace dovetail
