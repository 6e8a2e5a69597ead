// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "slurm/launcher_choice.h"
#include "slurm/profile.h"
#include "slurm/queue.h"

namespace dovetail {

// The cluster that this machine can submit to, through Slurm's programs. What they refuse becomes a
// ConfigError, which has their own words.
class SlurmClient {
 public:
  // Whether Slurm's programs are here, and reach a cluster.
  static bool answers();
  // Throws ConfigError if Slurm is not installed here, or does not answer.
  SlurmClient();

  // Throws ConfigError if the cluster cannot run this profile's jobs: an unknown partition, one
  // that is down, fewer nodes or a shorter limit.
  void check(const Profile& profile) const;
  LauncherChoice launcher() const;

  std::string submit(const std::filesystem::path& script, const std::string& dependency) const;
  // When Slurm would start the job, in its own words.
  std::string test(const std::filesystem::path& script) const;

  // This user's jobs with that comment; tasks of arrays one by one.
  std::vector<QueuedJob> jobs(const std::string& tag) const;
  // What sacct tells about jobs that have left the queue; "" where nothing is accounted.
  std::string accounting(const std::vector<std::string>& ids) const;
  // Sends SIGUSR1 to the scripts of running jobs. A job that ends meanwhile is no failure.
  void ask_to_stop(const std::vector<std::string>& ids) const;
  void cancel(const std::vector<std::string>& ids) const;

 private:
  std::vector<Partition> partitions_;
};

}  // namespace dovetail
