// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/training_loop.h"

namespace dovetail {

// A run's part of one step.
struct RunStep {
  const TrainingRun* run = nullptr;
  Batch batch;
  double loss_sum = 0;  // of all targets
  std::string failure;  // why its loss is none; "" on success
};

// Whether a run's passes may be those of several runs: it is no member of a data-parallel group,
// computes in float32 without checkpointing, and its dropout follows the seed alone.
bool passes_may_be_shared(const TrainingRun& run);

// Sorts runs into groups that can share their passes; runs that cannot are alone.
std::vector<std::vector<size_t>> runs_that_share(std::span<const TrainingRun> runs);

// Gradients of several runs of one group by shared passes: as many at a time as keep a pass within
// the processor's caches. Every part but the batch is filled in. An exception leaves no run done.
void shared_gradients(std::vector<RunStep*> steps, int64_t step);

}  // namespace dovetail
