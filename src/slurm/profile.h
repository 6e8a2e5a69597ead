// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dovetail {

// What to do at a time limit that is shorter than the sweep.
enum class AtLimit {
  requeue,  // the job puts itself back into the queue, under its number
  chain     // jobs are queued one behind the other, each for what the one before left undone
};

// How a cluster runs sweeps: one file of jobs/profiles, docs/cluster.md.
struct Profile {
  std::filesystem::path file;
  std::string partition, account, qos;  // "": the cluster's default
  int64_t nodes = 1;                    // of the job, or of each share
  int64_t ranks_per_node = 1;
  int64_t cores_per_rank = 1;  // and threads
  std::string memory_per_core;
  int64_t gpus_per_node = 0;  // as many as ranks_per_node, or none
  std::string time;           // limit of a job
  int64_t time_seconds = 0;
  std::vector<std::string> sbatch;  // further options of sbatch, as they are

  int64_t shares = 0;  // 0: one job of many ranks; else an array of so many shares
  AtLimit at_limit = AtLimit::requeue;
  int64_t links = 0;               // of a chain; 0: by the plan's estimate
  std::string launcher;            // srun-pmix, srun-pmi2, mpirun; "auto": what this cluster can
  std::vector<std::string> setup;  // lines of shell before the run
  std::string local_disk;          // a folder on each node's own disk, may name variables; "": none
  int64_t stop_seconds = 0;        // between signal and limit; 0: by the plan's estimate
  int64_t idle_lives = 3;          // starts in a row that bring nothing, before the job gives up
  std::filesystem::path script;    // the template

  int64_t ranks() const { return nodes * ranks_per_node; }
};

// Reads a profile, strictly. `default_script` is the template of a profile that names none. Throws
// ConfigError with file, line and column.
Profile read_profile(const std::filesystem::path& file,
                     const std::filesystem::path& default_script);

}  // namespace dovetail
