// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

namespace dovetail {

// A word as a shell reads it back: quoted where it must be.
std::string shell_word(const std::string& word);

// The command line as the user typed it, launcher included, so that it can be given again: what
// jobs/launch says in DOVETAIL_COMMAND, else the mpirun or srun that is found running with these
// words at its end, else one made of what Slurm or Open MPI tell a rank, else the words themselves.
std::string typed_command(int argc, char** argv);

// Whether `launcher` is the command line of mpirun, srun or their like that starts `program`.
bool launches(std::span<const std::string> launcher, std::span<const std::string> program);

}  // namespace dovetail
