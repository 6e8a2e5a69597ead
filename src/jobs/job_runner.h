// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "jobs/memory_retry.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

struct RunnerOptions {
  std::filesystem::path store;     // artefacts: store/KEY/ (vocabulary, checkpoint), store/cache/
  int threads = 1;                 // of LibTorch's operators
  std::string device = "cpu";      // or "cuda"
  double checkpoint_seconds = 60;  // of a long job
  std::filesystem::path local_disk = {};    // jobs/local_copies.h
  GradientAllReduce* all_reduce = nullptr;  // the data-parallel group; only its first rank writes
};

// Runs jobs of every kind: Job -> Record. Keeps vocabularies, corpora and checkpoints in memory
// from one job to the next. A job's failure is a record with its reason, also when another rank of
// the data-parallel group has ended the work. Throws only Interrupted, MachineFailure (a full disk,
// for example, which is no job's fault), and CommError when a rank of the group is lost.
class JobRunner {
 public:
  explicit JobRunner(RunnerOptions options);
  ~JobRunner();

  // Calls done(i, record) as soon as group[i] is done. A training that runs out of memory is tried
  // once more (jobs/memory_retry.h), but not in a data-parallel group, whose ranks must do so
  // together.
  void run(std::span<const Job> group, const RecordSink& done);

 private:
  void run_once(std::span<const Job> group, const RecordSink& done);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dovetail
