// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "model/t5.h"
#include "plan/record.h"
#include "plan/settings.h"
#include "training/batch.h"
#include "training/data_parallel_step.h"
#include "training/gradient_all_reduce.h"
#include "training/half_precision_replica.h"
#include "training/parameter_groups.h"
#include "training/weight_average.h"
#include "training/weighted_loss.h"
#include "tuning/tuning_method.h"

namespace dovetail {

struct TrainingRun;

// The inputs of a training run: the model, the tuning that chooses the trained tensors, and the
// source of batches. train() changes none of them but the model's trained tensors.
struct TrainingTask {
  T5Model* model = nullptr;
  TuningMethod* tuning = nullptr;
  OptimizerSettings optimizer;
  TrainingOptions options;
  int64_t steps = 0;
  double dropout = 0;
  uint64_t seed = 0;              // of dropout, and of noise on embeddings
  double neftune_alpha = 0;       // of noise on embeddings (training/embedding_noise.h); 0: none
  const T5Model* base = nullptr;  // of batches with base_weights_BT

  // Called once a step, in order.
  std::function<Batch(int64_t step)> next_batch;
  // Called after each step with the number of finished steps; may be empty. Runs that share their
  // passes are all called after the last of them has taken the step.
  std::function<void(const TrainingRun& run, int64_t step)> after_step;

  EncoderOutputs* encoder_outputs = nullptr;  // of the model with the tuning; or null

  // The data-parallel group, or null. All ranks get the same batches, and each computes its rows of
  // them. Everything else is the same on all ranks.
  GradientAllReduce* group = nullptr;
};

// The state of a training run between steps, beside the trained tensors' values.
struct TrainingState {
  NamedTensors trained;
  std::unique_ptr<ParameterGroups> optimizer;
  std::unique_ptr<WeightAverage> average;             // where options.ema > 0
  std::unique_ptr<HalfPrecisionReplica> replica;      // where options.precision is not float32
  std::unique_ptr<DataParallelStep> all_reduce_step;  // where there is a group
  int64_t first_step = 0;                             // > 0 when resumed from a saved state
  bool stopped = false;  // after_step sets it to end the training early, on all ranks of a group
};

// The results of a training run.
struct TrainingOutcome {
  Curve train_loss;  // the trained loss, with all its terms, over stretches of steps
  Cost cost;
  int64_t computed_tokens = 0;  // with padding
  std::string failure;          // why the run was given up; "" on success
};

// One training run. The caller owns its three parts.
struct TrainingRun {
  const TrainingTask& task;
  TrainingState& state;
  TrainingOutcome& outcome;
};

// Makes the missing parts of the state: trained tensors, optimizer, average, replica, all-reduce.
void prepare(const TrainingTask& task, TrainingState& state);

// Trains a group of runs step by step, side by side, and prepares their states. Runs of models that
// may share a pass (may_share) compute their gradients together. A run with averaged weights leaves
// the averages in the model. A failed run (a loss that is not finite, an exception) stops alone and
// reports the failure in its outcome; the exceptions of run_guarded that pass through end all of
// them: Interrupted when asked to stop, and those of a data-parallel group.
void train(std::span<const TrainingRun> group);

// The same for a single run.
void train(const TrainingTask& task, TrainingState& state, TrainingOutcome& outcome);

// What a step computes its loss with: settings, seed and micro-batches.
struct StepPlan {
  std::vector<Batch> parts;  // micro-batches, of this rank
  double weight = 0;         // of each target's loss: one by Batch::loss_divisor
  CrossEntropy settings;
  uint64_t seed = 0;  // of dropout

  LossInput input(const TrainingTask& task, const T5Model& model, size_t part) const;
};
StepPlan plan_step(const TrainingTask& task, const Batch& batch, int64_t step);

}  // namespace dovetail
