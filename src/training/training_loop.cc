// SPDX-License-Identifier: Apache-2.0
#include "training/training_loop.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "base/run_guarded.h"
#include "base/stop.h"
#include "training/curve_writer.h"
#include "training/learning_rate.h"
#include "training/micro_batch.h"
#include "training/shared_step.h"

namespace dovetail {

using at::Tensor;

namespace {

double clip_scale(const NamedTensors& trained, double clip) {
  if (clip <= 0) return 1;
  const double norm = gradient_norm(trained);
  if (!std::isfinite(norm)) return norm;
  return norm > clip ? clip / norm : 1;
}

// Derives a seed for each step, so that its dropout does not depend on earlier work in this process
// and resuming or sharing a rank changes nothing. LibTorch's generator gets the same seed: dropout
// outside of the CPU kernels draws from it.
uint64_t dropout_seed(const TrainingTask& task, int64_t step) {
  const uint64_t seed = derive_seed(task.seed, fmt::format("dropout/{}", step));
  if (!task.group || task.group->rank() == 0) return seed;
  return derive_seed(seed, fmt::format("member/{}", task.group->rank()));
}

// Returns the rows of a step's batch that this rank computes, as micro-batches.
std::vector<Batch> own_parts(const TrainingTask& task, const Batch& batch) {
  if (!task.group) return split_batch(batch, task.options.accumulate);
  const auto rows = rank_rows(batch, task.group->rank(), task.group->size());
  return rows ? split_batch(*rows, task.options.accumulate) : std::vector<Batch>{};
}

// Gradient accumulation: runs forward and backward over the micro-batches, and returns the sum of
// their losses.
double accumulate_gradients(const TrainingRun& run, const Batch& batch, int64_t step) {
  const auto& [task, state, outcome] = run;
  const StepPlan plan = plan_step(task, batch, step);
  const T5Model& model = state.replica ? state.replica->model() : *task.model;
  if (task.dropout > 0) at::manual_seed(plan.seed);
  if (state.replica) state.replica->take_weights();
  double loss_sum = 0;
  for (size_t i = 0; i < plan.parts.size(); ++i) {
    const Tensor loss = weighted_losses({plan.input(task, model, i)}).squeeze(0);
    const double part_sum = loss.item<double>() / plan.weight;
    if (!std::isfinite(part_sum))
      throw_<SystemError>("the loss is {} at step {}", part_sum, step + 1);
    {
      const bool last = i + 1 == plan.parts.size();
      const auto listener = state.all_reduce_step ? state.all_reduce_step->listen(last) : nullptr;
      loss.backward();
    }
    if (state.replica) state.replica->give_gradients();
    loss_sum += part_sum;
    outcome.computed_tokens += plan.parts[i].num_computed;
  }
  return loss_sum;
}

void clear_gradients(const TrainingRun& run) {
  for (auto& [name, tensor] : run.state.trained) tensor.mutable_grad().reset();
}

void begin_step(const TrainingRun& run, int64_t step, Batch& batch) {
  batch = run.task.next_batch(step).to(run.task.model->device());
  clear_gradients(run);
}

double own_gradients(const TrainingRun& run, int64_t step, Batch& batch) {
  begin_step(run, step, batch);
  return accumulate_gradients(run, batch, step);
}

// Runs a step's work, and returns the reason of its failure or "".
template <typename Work>
std::string run_step_guarded(int64_t step, Work&& work) {
  const std::string failure = run_guarded(work);
  return is_out_of_memory(failure) ? fmt::format("{} at step {}", failure, step + 1) : failure;
}

// The same as one rank of a group. A failure of one rank alone would leave the others waiting, so
// failures are all-reduced at the end of each step, and every rank takes the same branch.
double group_gradients(const TrainingRun& run, int64_t step, Batch& batch) {
  const auto& [task, state, outcome] = run;
  StepReport mine;
  const int64_t computed_before = outcome.computed_tokens;
  state.all_reduce_step->begin();
  try {
    mine.failure = run_guarded([&] {
      mine.loss_sum = own_gradients(run, step, batch);
      state.all_reduce_step->finish();
    });
  } catch (const Interrupted&) {
    mine.stop = true;
  }
  state.all_reduce_step->abandon();
  mine.stop = mine.stop || stop_requested();
  mine.computed_tokens = outcome.computed_tokens - computed_before;
  const StepReport all = task.group->all_reduce_report(mine);
  if (all.stop) throw Interrupted();
  if (!all.failure.empty()) throw SystemError(all.failure);
  outcome.computed_tokens = computed_before + all.computed_tokens;
  return all.loss_sum;
}

// What follows the gradients of a step.
void end_step(const TrainingRun& run, int64_t step, const Batch& batch, double loss_sum,
              CurveWriter& curve) {
  const auto& [task, state, outcome] = run;
  const double scale = clip_scale(state.trained, task.optimizer.clip);
  if (!std::isfinite(scale)) throw_<SystemError>("the gradient is not finite at step {}", step + 1);
  state.optimizer->step(step, task.steps, scale);
  if (state.average) state.average->update(step + 1);
  outcome.cost.train_steps += 1;
  outcome.cost.train_tokens += batch.num_tokens;
  curve.add(loss_sum, batch.loss_divisor, step + 1, step + 1 == task.steps, outcome.train_loss);
}

void tell_of_step(const TrainingRun& run, int64_t step) {
  if (run.task.after_step) run.task.after_step(run, step + 1);
}

void one_step(const TrainingRun& run, int64_t step, CurveWriter& curve) {
  Batch batch;
  const double loss_sum =
      run.task.group ? group_gradients(run, step, batch) : own_gradients(run, step, batch);
  end_step(run, step, batch, loss_sum, curve);
  tell_of_step(run, step);
}

bool takes_step(const TrainingRun& run, int64_t step) {
  return run.outcome.failure.empty() && !run.state.stopped && step >= run.state.first_step &&
         step < run.task.steps;
}

// The same for runs that share their passes. Where a pass fails as a whole, for want of memory for
// example, each run computes its own.
void shared_step(std::span<const TrainingRun> runs, const std::vector<size_t>& active, int64_t step,
                 std::vector<CurveWriter>& curves) {
  std::vector<RunStep> steps(active.size());
  std::vector<RunStep*> drawn;
  for (size_t i = 0; i < active.size(); ++i) {
    steps[i].run = &runs[active[i]];
    steps[i].failure =
        run_step_guarded(step, [&] { begin_step(*steps[i].run, step, steps[i].batch); });
    if (steps[i].failure.empty()) drawn.push_back(&steps[i]);
  }
  if (!run_step_guarded(step, [&] { shared_gradients(drawn, step); }).empty()) {
    for (RunStep* one : drawn) {
      one->failure = run_step_guarded(step, [&] {
        clear_gradients(*one->run);
        one->loss_sum = accumulate_gradients(*one->run, one->batch, step);
      });
    }
  }
  for (size_t i = 0; i < active.size(); ++i) {
    const TrainingRun& run = runs[active[i]];
    run.outcome.failure = steps[i].failure;
    if (!run.outcome.failure.empty()) continue;
    run.outcome.failure = run_step_guarded(
        step, [&] { end_step(run, step, steps[i].batch, steps[i].loss_sum, curves[active[i]]); });
  }
  for (const size_t i : active) {
    if (!runs[i].outcome.failure.empty()) continue;
    runs[i].outcome.failure = run_step_guarded(step, [&] { tell_of_step(runs[i], step); });
  }
}

// Each rank reads its saved state by itself, from a folder that may be slow to show new files.
void check_same_first_step(const TrainingRun& run) {
  const GradientAllReduce& group = *run.task.group;
  const int64_t mine = run.state.first_step;
  const StepReport all = run.task.group->all_reduce_report({.loss_sum = static_cast<double>(mine)});
  if (all.loss_sum == static_cast<double>(mine * group.size())) return;
  throw_<SystemError>(
      "the ranks of a data-parallel group would resume from different steps, rank {} from step {}: "
      "check that --store is the same folder for all of them",
      group.rank(), mine);
}

void finish(const TrainingRun& run) {
  const auto& [task, state, outcome] = run;
  if (state.average) state.average->swap();
  state.replica.reset();
  if (outcome.computed_tokens > 0) {
    outcome.cost.padding_fraction = 1 - static_cast<double>(outcome.cost.train_tokens) /
                                            static_cast<double>(outcome.computed_tokens);
  }
}

}  // namespace

// The loss contains the division by the step's divisor, so that the backward pass has nothing to
// multiply.
StepPlan plan_step(const TrainingTask& task, const Batch& batch, int64_t step) {
  StepPlan plan;
  plan.parts = own_parts(task, batch);
  plan.weight = 1.0 / batch.loss_divisor;
  plan.settings = {.label_smoothing = static_cast<float>(task.options.label_smoothing),
                   .z_loss = static_cast<float>(task.options.z_loss),
                   .weight = static_cast<float>(plan.weight)};
  plan.seed = dropout_seed(task, step);
  return plan;
}

LossInput StepPlan::input(const TrainingTask& task, const T5Model& model, size_t part) const {
  // a seed for each part, or rows at the same place of two parts would drop the same elements
  const uint64_t own_seed = part == 0 ? seed : derive_seed(seed, fmt::format("part/{}", part));
  const ForwardOptions options{.dropout = task.dropout,
                               .dropout_seed = own_seed,
                               .activation_checkpointing = task.options.activation_checkpointing};
  return {.model = &model,
          .tuning = task.tuning,
          .batch = &parts[part],
          .settings = settings,
          .options = options,
          .neftune_alpha = task.neftune_alpha,
          .base = task.base,
          .known = task.encoder_outputs};
}

void prepare(const TrainingTask& task, TrainingState& state) {
  // refuses a warm-up that does not fit before any work
  warmup_steps(task.optimizer, task.steps);
  for (const OptimizerGroup& group : task.optimizer.groups)
    warmup_steps(settings_of_group(task.optimizer, group), task.steps);
  state.trained = task.tuning->trainable();
  if (!state.optimizer)
    state.optimizer = std::make_unique<ParameterGroups>(task.optimizer, state.trained);
  if (!state.average && task.options.ema > 0) {
    state.average = std::make_unique<WeightAverage>(task.options.ema, state.trained);
  }
  if (!state.replica && task.options.precision == "bfloat16") {
    state.replica = std::make_unique<HalfPrecisionReplica>(*task.model, at::kBFloat16);
  }
  if (!state.all_reduce_step && task.group) {
    state.all_reduce_step = std::make_unique<DataParallelStep>(*task.group, state.trained);
  }
}

void train(std::span<const TrainingRun> group) {
  int64_t last_step = 0, first_step = INT64_MAX;
  std::vector<CurveWriter> curves;
  for (const TrainingRun& run : group) {
    prepare(run.task, run.state);
    if (run.task.group) check_same_first_step(run);
    curves.emplace_back(run.task.steps);
    first_step = std::min(first_step, run.state.first_step);
    last_step = std::max(last_step, run.task.steps);
  }
  const std::vector<std::vector<size_t>> sharing = runs_that_share(group);
  for (int64_t step = first_step; step < last_step; ++step) {
    for (const std::vector<size_t>& runs : sharing) {
      std::vector<size_t> active;
      for (const size_t i : runs)
        if (takes_step(group[i], step)) active.push_back(i);
      if (active.empty()) continue;
      const TrainingRun& first = group[active[0]];
      if (!first.task.group) check_stop();  // the ranks of a group stop together, within the step
      if (active.size() > 1) {
        shared_step(group, active, step, curves);
      } else {
        first.outcome.failure =
            run_step_guarded(step, [&] { one_step(first, step, curves[active[0]]); });
      }
    }
  }
  for (const TrainingRun& run : group) finish(run);
}

void train(const TrainingTask& task, TrainingState& state, TrainingOutcome& outcome) {
  const TrainingRun run{task, state, outcome};
  train({&run, 1});
}

}  // namespace dovetail
