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
#include "training/learning_rate.h"
#include "training/micro_batch.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kCurvePoints = 40;

// Averages the loss over stretches of steps; each stretch is one point of the curve.
class CurveWriter {
 public:
  explicit CurveWriter(int64_t steps) : stretch_(std::max<int64_t>(1, steps / kCurvePoints)) {}

  void add(double loss_sum, int64_t targets, int64_t step, bool last, Curve& curve) {
    sum_ += loss_sum;
    targets_ += targets;
    if (step % stretch_ != 0 && !last) return;
    curve.steps.push_back(step);
    // single precision, so that a curve is bit-identical after saving and restoring
    curve.values.push_back(static_cast<float>(sum_ / static_cast<double>(targets_)));
    sum_ = 0;
    targets_ = 0;
  }

 private:
  int64_t stretch_;
  double sum_ = 0;
  int64_t targets_ = 0;
};

double clip_scale(const NamedTensors& trained, double clip) {
  if (clip <= 0) return 1;
  const double norm = gradient_norm(trained);
  if (!std::isfinite(norm)) return norm;
  return norm > clip ? clip / norm : 1;
}

// Derives a seed for each step, so that its dropout does not depend on earlier work in this process
// and resuming or sharing a rank changes nothing. LibTorch's generator gets the same seed: dropout
// outside of the CPU kernels draws from it.
uint64_t seed_dropout(const TrainingTask& task, int64_t step) {
  uint64_t seed = derive_seed(task.seed, fmt::format("dropout/{}", step));
  if (task.group && task.group->rank() > 0) {
    seed = derive_seed(seed, fmt::format("member/{}", task.group->rank()));
  }
  if (task.dropout > 0) at::manual_seed(seed);
  return seed;
}

// Returns the rows of a step's batch that this rank computes, as micro-batches.
std::vector<Batch> own_parts(const TrainingTask& task, const Batch& batch) {
  if (!task.group) return split_batch(batch, task.options.accumulate);
  const auto rows = rank_rows(batch, task.group->rank(), task.group->size());
  return rows ? split_batch(*rows, task.options.accumulate) : std::vector<Batch>{};
}

// Gradient accumulation: runs forward and backward over the micro-batches, and returns the sum of
// their losses. The loss contains the division by all target tokens of the step, so that the
// backward pass has nothing to multiply.
double accumulate_gradients(const TrainingRun& run, const Batch& batch, int64_t step) {
  const auto& [task, state, outcome] = run;
  const std::vector<Batch> parts = own_parts(task, batch);
  const T5Model& model = state.replica ? state.replica->model() : *task.model;
  const double weight = 1.0 / static_cast<double>(batch.num_targets);
  const CrossEntropy settings{.label_smoothing = static_cast<float>(task.options.label_smoothing),
                              .z_loss = static_cast<float>(task.options.z_loss),
                              .weight = static_cast<float>(weight)};
  const uint64_t seed = seed_dropout(task, step);
  if (state.replica) state.replica->take_weights();
  double loss_sum = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const ForwardOptions options{
        .dropout = task.dropout,
        // a seed for each part, or rows at the same place of two parts would drop the same elements
        .dropout_seed = i == 0 ? seed : derive_seed(seed, fmt::format("part/{}", i)),
        .activation_checkpointing = task.options.activation_checkpointing};
    const Tensor loss = weighted_loss(model, *task.tuning, parts[i], settings, options);
    const double part_sum = loss.item<double>() / weight;
    if (!std::isfinite(part_sum))
      throw_<SystemError>("the loss is {} at step {}", part_sum, step + 1);
    {
      const bool last = i + 1 == parts.size();
      const auto listener = state.all_reduce_step ? state.all_reduce_step->listen(last) : nullptr;
      loss.backward();
    }
    if (state.replica) state.replica->give_gradients();
    loss_sum += part_sum;
    outcome.computed_tokens += parts[i].num_computed;
  }
  return loss_sum;
}

double own_gradients(const TrainingRun& run, int64_t step, Batch& batch) {
  batch = run.task.next_batch(step).to(run.task.model->device());
  for (auto& [name, tensor] : run.state.trained) tensor.mutable_grad().reset();
  return accumulate_gradients(run, batch, step);
}

// Runs a step's work, and returns the reason of its failure or "".
template <typename Work>
std::string run_step_guarded(int64_t step, Work&& work) {
  const std::string failure = run_guarded(work);
  return failure == kOutOfMemory ? fmt::format("{} at step {}", failure, step + 1) : failure;
}

// The same as one rank of a group. A failure of one rank alone would leave the others waiting, so
// failures are all-reduced at the end of each step, and every rank takes the same branch.
double group_gradients(const TrainingRun& run, int64_t step, Batch& batch) {
  const auto& [task, state, outcome] = run;
  StepReport mine;
  const int64_t computed_before = outcome.computed_tokens;
  state.all_reduce_step->begin();
  try {
    mine.failure = run_step_guarded(step, [&] {
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

void one_step(const TrainingRun& run, int64_t step, CurveWriter& curve) {
  const auto& [task, state, outcome] = run;
  Batch batch;
  const double loss_sum =
      task.group ? group_gradients(run, step, batch) : own_gradients(run, step, batch);
  const double scale = clip_scale(state.trained, task.optimizer.clip);
  if (!std::isfinite(scale)) throw_<SystemError>("the gradient is not finite at step {}", step + 1);
  state.optimizer->step(step, task.steps, scale);
  if (state.average) state.average->update(step + 1);
  outcome.cost.train_steps += 1;
  outcome.cost.train_tokens += batch.num_tokens;
  curve.add(loss_sum, batch.num_targets, step + 1, step + 1 == task.steps, outcome.train_loss);
  if (task.after_step) task.after_step(run, step + 1);
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

Tensor weighted_loss(const T5Model& model, TuningMethod& tuning, const Batch& batch,
                     const CrossEntropy& settings, const ForwardOptions& options) {
  // the tuning may embed in float32 for a model in half precision
  const Tensor embedded_BSD =
      tuning.embed(batch.source_BS).to(model.weights().shared_VD.scalar_type());
  ForwardOptions segmented = options;
  segmented.segments_BT = batch.segments_BT;
  const Tensor memory_BSD = model.encode(embedded_BSD, batch.mask_BS, segmented);
  const Tensor hidden_BTD =
      model.decode(batch.decoder_ids_BT, memory_BSD, batch.mask_BS, segmented);
  return model.loss(hidden_BTD, batch.labels_BT, settings);
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
  for (int64_t step = first_step; step < last_step; ++step) {
    for (size_t i = 0; i < group.size(); ++i) {
      const auto& [task, state, outcome] = group[i];
      if (!outcome.failure.empty() || state.stopped) continue;
      if (step < state.first_step || step >= task.steps) continue;
      if (!task.group) check_stop();  // the ranks of a group stop together, within the step
      outcome.failure = run_step_guarded(step, [&] { one_step(group[i], step, curves[i]); });
    }
  }
  for (const TrainingRun& run : group) finish(run);
}

void train(const TrainingTask& task, TrainingState& state, TrainingOutcome& outcome) {
  const TrainingRun run{task, state, outcome};
  train({&run, 1});
}

}  // namespace dovetail
