// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/run/briefing.h"
#include "app/run/team_gradients.h"
#include "comm/communicator.h"
#include "comm/team.h"
#include "jobs/job_runner.h"

namespace dovetail {

// The ranks of a run, in teams. The first member of each leads: to the driver it is the whole team.
// The others follow: they get every job that trains from their leader, compute their part of its
// steps, and write nothing.
class TeamRun {
 public:
  using MakeRunner =
      std::function<std::unique_ptr<JobRunner>(const RunPaths&, GradientAllReduce*, int leader)>;

  // Starts MPI. A size of 1: every rank leads itself. Rank 0 throws ConfigError where the ranks
  // cannot be cut so; the others then neither lead nor follow.
  explicit TeamRun(int team_size);
  ~TeamRun();  // a leader lets its members go
  TeamRun(const TeamRun&) = delete;

  bool belongs() const { return leads() || team_ != nullptr; }
  bool leads() const { return ranks_.leaders != nullptr; }
  Communicator& leaders() { return *ranks_.leaders; }

  // A leader's: runs jobs together with its members. A lost member interrupts the job and stops
  // this rank, as if it had been asked to.
  std::function<std::vector<Record>(std::span<const Job>)> lead(const MakeRunner& make_runner,
                                                                const RunPaths& place);
  // Everybody else's: until the leader lets it go. Throws CommError when the leader is lost.
  void follow(const MakeRunner& make_runner);

 private:
  void tell_members(int tag, const Team::Bytes& body);
  std::vector<Record> run_together(JobRunner& runner, std::span<const Job> group);
  void run_part(JobRunner& runner, const Message& message);

  Communicators ranks_;
  std::unique_ptr<Team> team_;
  std::unique_ptr<TeamGradients> gradients_;
};

}  // namespace dovetail
