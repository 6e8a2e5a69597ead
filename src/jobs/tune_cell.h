// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "examples/subset.h"
#include "jobs/artefacts.h"
#include "jobs/backbone.h"
#include "jobs/epoch_batches.h"
#include "jobs/example_encoder.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"
#include "training/training_loop.h"

namespace dovetail {

// The state of one cell while it trains. It is not movable, because its members refer to each
// other.
struct TuneCell {
  // `cell` are the settings of a tune job, or those of the cell of a probe job. `task` may differ
  // from the task that they name.
  TuneCell(const Job& job, const TuneJob& cell, std::shared_ptr<const TaskData> task,
           Artefacts& artefacts, GradientAllReduce* all_reduce);
  TuneCell(const TuneCell&) = delete;

  void add_validation_point(int64_t step);

  TuneSettings settings;
  uint64_t seed;
  std::shared_ptr<const TaskData> task;
  Backbone backbone;
  BoundTemplate tmpl;
  SoftTokenPlan soft_tokens;
  std::unique_ptr<TuningMethod> method;
  ExampleEncoder encoder;
  Subset subset;
  RowCounts counts;  // of the training and validation rows
  std::vector<Sequence> validation;
  EpochBatches batches;
  Curve validation_loss;
  TrainingTask training;
  TrainingState state;
  TrainingOutcome outcome;
};

}  // namespace dovetail
