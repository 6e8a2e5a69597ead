// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/run/run_paths.h"
#include "comm/communicator.h"
#include "comm/data_parallel_group.h"
#include "driver/driver.h"
#include "jobs/job_runner.h"

namespace dovetail {

// The ranks of a run, cut into data-parallel groups. To the driver, the leader of a group stands
// for the whole group. The other ranks of the group (followers) get every job that trains from
// their leader, compute their part of each step, and write nothing but a log.
class DataParallelRun {
 public:
  // Makes a rank's runner of jobs; `leader` is the leader's rank in the driver.
  using MakeRunner =
      std::function<std::unique_ptr<JobRunner>(const RunPaths&, GradientAllReduce*, int leader)>;

  // Starts MPI. With `group_size` 1 every rank leads itself. Rank 0 throws ConfigError if the
  // number of ranks is not a multiple of `group_size`; no other rank then leads or follows.
  // With --device cuda the groups all-reduce by NCCL.
  explicit DataParallelRun(int group_size, std::string device = "cpu");
  ~DataParallelRun();  // a leader releases its followers
  DataParallelRun(const DataParallelRun&) = delete;

  bool leads() const { return ranks_.leaders != nullptr; }
  Communicator& leaders() { return *ranks_.leaders; }  // only where leads()

  // For a leader: returns the function that runs a group of jobs, together with the followers where
  // they train. The death of a follower interrupts the job and stops this rank, as a stop signal
  // would.
  RunGroup job_function(const MakeRunner& make_runner, const RunPaths& paths);
  // For a follower: runs its part of the leader's jobs until the leader releases it. Does nothing
  // on a rank that neither leads nor follows. Throws CommError when the leader dies.
  void follow_leader(const MakeRunner& make_runner);

 private:
  void send_to_followers(int tag, const DataParallelGroup::Bytes& body);
  GradientAllReduce* gradients();  // of the group; null where there is none
  std::string reason_of_follower();
  void run_together(JobRunner& runner, std::span<const Job> jobs, const RecordSink& done);
  void run_with_followers(JobRunner& runner, std::span<const Job> jobs, const RecordSink& done);
  void run_part(JobRunner& runner, const Message& message);

  Communicators ranks_;
  std::unique_ptr<DataParallelGroup> group_;
  std::string device_;
  std::unique_ptr<GradientAllReduce> gradients_;
};

}  // namespace dovetail
