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
#include "training/gradient_team.h"
#include "training/half_precision_replica.h"
#include "training/optimizer.h"
#include "training/team_step.h"
#include "training/weight_average.h"
#include "tuning/tuning_method.h"

namespace dovetail {

// settings.weight times the sum of the token losses of a batch (nats), differentiable. Call
// backward() on the result itself: see kernels/head_loss.h.
at::Tensor weighted_loss(const T5Model& model, TuningMethod& tuning, const Batch& batch,
                         const CrossEntropy& settings = {});

// One cell in training: its model, what of it is trained, and where its batches come from.
struct Learner {
  T5Model* model = nullptr;
  TuningMethod* tuning = nullptr;
  OptimizerSettings optimizer_settings;
  TrainingOptions options;
  int64_t steps = 0;
  double dropout = 0;
  uint64_t seed = 0;
  std::function<Batch(int64_t step)> next_batch;           // called once a step, in order
  std::function<void(Learner&, int64_t step)> after_step;  // step: how many are done

  // Every member gets the same batches and computes its rows of them; all else is the same on all.
  GradientTeam* team = nullptr;

  NamedTensors trained;
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<WeightAverage> average;         // where options.ema > 0
  std::unique_ptr<HalfPrecisionReplica> working;  // where options.precision is not float32
  std::unique_ptr<TeamStep> team_step;            // where there is a team
  int64_t first_step = 0;                         // > 0 when going on from a saved state

  // What came of it.
  Curve train_loss;  // mean token loss, as it is minimised, over stretches of steps
  Cost cost;
  int64_t computed_tokens = 0;
  std::string failure;  // why it was given up; "" while well
};

// Makes what is still missing of trained tensors, optimizer, average and working copy.
void prepare(Learner& learner);

// Trains a group of learners step by step, side by side; where weights are averaged, the averages
// are what the model is left with. One learner's failure (a loss that is no number, an exception)
// ends that learner alone. Throws Interrupted when asked to stop; with a team, also what the team
// throws: see training/gradient_team.h.
void train(std::span<Learner> group);

}  // namespace dovetail
