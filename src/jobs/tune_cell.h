// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "examples/subset.h"
#include "jobs/example_encoder.h"
#include "jobs/tune.h"
#include "plan/record.h"
#include "training/training_loop.h"

namespace dovetail {

// Everything one cell needs while it trains; it stays where it is, as others point into it.
struct TuneCell {
  TuneCell(const Job& job, Artefacts& artefacts, GradientAllReduce* team)
      : TuneCell(job, load_task(job, artefacts), artefacts, team) {}
  // On other examples than those of the job's task.
  TuneCell(const Job& job, std::shared_ptr<const TaskData> task, Artefacts& artefacts,
           GradientAllReduce* team);
  TuneCell(const TuneCell&) = delete;

  void add_validation_point(int64_t step);

  TuneSettings settings;
  uint64_t seed;
  std::shared_ptr<const TaskData> task;
  Backbone backbone;
  BoundTemplate form;
  SoftTokenPlan soft_tokens;
  std::unique_ptr<TuningMethod> method;
  ExampleEncoder maker;
  Subset subset;
  std::vector<Sequence> validation;
  EpochBatches batches;
  Curve validation_loss;
  TrainingTask training;
  TrainingState state;
  TrainingOutcome outcome;
};

}  // namespace dovetail
