// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "slurm/profile.h"

namespace dovetail {

// A sweep's own part of its job script.
struct JobScript {
  std::string name;           // of the job
  std::string tag;            // of the submission, in the job's comment
  std::filesystem::path out;  // all absolute
  std::filesystem::path store;
  std::filesystem::path sweep;
  std::filesystem::path folder;   // where `dovetail submit` was called
  std::filesystem::path program;  // dovetail
  std::filesystem::path launch;   // jobs/launch
  std::string filter;
  std::string launcher;  // srun-pmix, srun-pmi2, mpirun; "none" for one rank
  std::string command;   // that goes on, for messages
  int64_t stop_seconds = 0;
};

// OUT/slurm: the script, what Slurm printed, and the state of the submission.
std::filesystem::path submission_folder(const std::filesystem::path& out);

// Fills in the profile's template: the lines "# @SBATCH@", "# @SETTINGS@" and "# @SETUP@". Throws
// ConfigError for a template that lacks one of them or has another.
std::string job_script_text(const Profile& profile, const JobScript& script);

}  // namespace dovetail
