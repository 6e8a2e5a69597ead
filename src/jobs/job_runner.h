// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

struct RunnerOptions {
  std::filesystem::path store;     // artefacts: store/KEY/ (vocabulary, checkpoint), store/cache/
  int threads = 1;                 // of LibTorch's operators
  std::string device = "cpu";      // or "cuda"
  double checkpoint_seconds = 60;  // of a long job
  GradientAllReduce* team = nullptr;    // that trains together; those but its first member write nothing
};

// Runs jobs of every kind: Job -> Record. Keeps vocabulary, corpus and backbone in memory from
// one job to the next. One job's failure is a record with its reason; only Interrupted is
// thrown, and CommError when a member of the team is lost.
class JobRunner {
 public:
  explicit JobRunner(RunnerOptions options);
  ~JobRunner();

  std::vector<Record> run(std::span<const Job> group);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dovetail
