// SPDX-License-Identifier: Apache-2.0
#include "training/learner.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "base/error.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/team_failure.h"
#include "training/learning_rate.h"
#include "training/micro_batch.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kCurvePoints = 40;

// Mean loss of a stretch of steps becomes one point of the curve.
class CurveWriter {
 public:
  explicit CurveWriter(int64_t steps) : stretch_(std::max<int64_t>(1, steps / kCurvePoints)) {}

  void add(double loss_sum, int64_t targets, int64_t step, bool last, Curve& curve) {
    sum_ += loss_sum;
    targets_ += targets;
    if (step % stretch_ != 0 && !last) return;
    curve.steps.push_back(step);
    // single precision: a curve that was saved and restored is the same, bit for bit
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

// A seed for each step makes its dropout independent of what ran before it in this process, so that
// resuming and sharing a rank change nothing. Where the kernels' own dropout does not apply it
// draws from LibTorch's generator.
uint64_t seed_dropout(const Learner& learner, int64_t step) {
  uint64_t seed = derive_seed(learner.seed, fmt::format("dropout/{}", step));
  if (learner.team && learner.team->rank() > 0) {
    seed = derive_seed(seed, fmt::format("member/{}", learner.team->rank()));
  }
  if (learner.dropout > 0) at::manual_seed(seed);
  return seed;
}

// The rows of a step's batch that are computed here, in parts.
std::vector<Batch> own_parts(const Learner& learner, const Batch& batch) {
  if (!learner.team) return split_batch(batch, learner.options.accumulate);
  const auto rows = member_rows(batch, learner.team->rank(), learner.team->size());
  return rows ? split_batch(*rows, learner.options.accumulate) : std::vector<Batch>{};
}

// Forward and backward of a step's batch in parts; returns the sum of the losses. The mean over all
// target tokens of the step, whatever part they are in, is taken inside the loss, so that backward
// has nothing to multiply.
double accumulate_gradients(Learner& learner, const Batch& batch, int64_t step) {
  const std::vector<Batch> parts = own_parts(learner, batch);
  T5Model& model = learner.working ? learner.working->model() : *learner.model;
  const double weight = 1.0 / static_cast<double>(batch.num_targets);
  const CrossEntropy settings{static_cast<float>(learner.options.label_smoothing),
                              static_cast<float>(learner.options.z_loss),
                              static_cast<float>(weight)};
  const uint64_t seed = seed_dropout(learner, step);
  if (learner.working) learner.working->take_weights();
  double loss_sum = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    // rows at the same place of different parts must not lose the same elements
    model.set_activation_checkpointing(learner.options.activation_checkpointing);
    model.set_dropout(learner.dropout,
                      i == 0 ? seed : derive_seed(seed, fmt::format("part/{}", i)));
    const Tensor loss = weighted_loss(model, *learner.tuning, parts[i], settings);
    const double part_sum = loss.item<double>() / weight;
    if (!std::isfinite(part_sum))
      throw_<SystemError>("the loss is {} at step {}", part_sum, step + 1);
    {
      const bool last = i + 1 == parts.size();
      const auto listener = learner.team_step ? learner.team_step->listen(last) : nullptr;
      loss.backward();
    }
    if (learner.working) learner.working->give_gradients();
    loss_sum += part_sum;
    learner.computed_tokens += parts[i].num_computed;
  }
  return loss_sum;
}

double own_gradients(Learner& learner, int64_t step, Batch& batch) {
  batch = learner.next_batch(step).to(learner.model->device());
  for (auto& [name, tensor] : learner.trained) tensor.mutable_grad().reset();
  return accumulate_gradients(learner, batch, step);
}

// The same as part of a team. What goes wrong on one member alone would leave the others waiting,
// so it is told to all, and each step ends with one word for everybody.
double team_gradients(Learner& learner, int64_t step, Batch& batch) {
  StepReport mine;
  const int64_t computed_before = learner.computed_tokens;
  learner.team_step->begin();
  try {
    mine.loss_sum = own_gradients(learner, step, batch);
    learner.team_step->finish();
  } catch (const TeamFailure&) {
    throw;
  } catch (const CommError&) {
    throw;
  } catch (const Interrupted&) {
    mine.stop = true;
  } catch (const std::bad_alloc&) {
    mine.failure = fmt::format("out of memory at step {}", step + 1);
  } catch (const std::exception& error) {
    mine.failure = error.what();
  }
  learner.team_step->give_up();
  mine.stop = mine.stop || stop_requested();
  mine.computed_tokens = learner.computed_tokens - computed_before;
  const StepReport all = learner.team->report(mine);
  if (all.stop) throw Interrupted();
  if (!all.failure.empty()) throw SystemError(all.failure);
  learner.computed_tokens = computed_before + all.computed_tokens;
  return all.loss_sum;
}

void one_step(Learner& learner, int64_t step, CurveWriter& curve) {
  Batch batch;
  const double loss_sum =
      learner.team ? team_gradients(learner, step, batch) : own_gradients(learner, step, batch);
  const double scale = clip_scale(learner.trained, learner.optimizer_settings.clip);
  if (!std::isfinite(scale)) throw_<SystemError>("the gradient is not finite at step {}", step + 1);
  learner.optimizer->step(scheduled_rate(learner.optimizer_settings, step, learner.steps), scale);
  if (learner.average) learner.average->update(step + 1);
  learner.model->set_dropout(0);
  learner.cost.train_steps += 1;
  learner.cost.train_tokens += batch.num_tokens;
  curve.add(loss_sum, batch.num_targets, step + 1, step + 1 == learner.steps, learner.train_loss);
  if (learner.after_step) learner.after_step(learner, step + 1);
}

void guarded_step(Learner& learner, int64_t step, CurveWriter& curve) {
  try {
    one_step(learner, step, curve);
  } catch (const Interrupted&) {
    throw;
  } catch (const TeamFailure&) {
    throw;
  } catch (const CommError&) {
    throw;
  } catch (const std::bad_alloc&) {
    learner.failure = fmt::format("out of memory at step {}", step + 1);
  } catch (const std::exception& error) {
    learner.failure = error.what();
  }
}

}  // namespace

Tensor weighted_loss(const T5Model& model, TuningMethod& tuning, const Batch& batch,
                     const CrossEntropy& settings) {
  // of the model's type: the tuning may embed in float32 for a model in half precision
  const Tensor embedded = tuning.embed(batch.source_BS).to(model.weights().shared_VD.scalar_type());
  const Tensor memory = model.encode(embedded, batch.mask_BS);
  const Tensor hidden = model.decode(batch.decoder_ids_BT, memory, batch.mask_BS);
  return model.loss(hidden, batch.labels_BT, settings);
}

void prepare(Learner& learner) {
  learner.trained = learner.tuning->trainable();
  if (!learner.optimizer) {
    learner.optimizer = make_optimizer(learner.optimizer_settings, learner.trained);
  }
  if (!learner.average && learner.options.ema > 0) {
    learner.average = std::make_unique<WeightAverage>(learner.options.ema, learner.trained);
  }
  if (!learner.working && learner.options.precision == "bfloat16") {
    learner.working = std::make_unique<HalfPrecisionReplica>(*learner.model, at::kBFloat16);
  }
  if (!learner.team_step && learner.team) {
    learner.team_step = std::make_unique<TeamStep>(*learner.team, learner.trained);
  }
}

namespace {

// Saved states are read by each member for itself, from a folder that may be slow to show them.
void meet_team(const Learner& learner) {
  const StepReport all =
      learner.team->report({.loss_sum = static_cast<double>(learner.first_step)});
  if (all.loss_sum == static_cast<double>(learner.first_step * learner.team->size())) return;
  throw_<SystemError>(
      "the members of a team would go on from different steps, this one from {}: is the "
      "store the same folder for all?",
      learner.first_step);
}

}  // namespace

void train(std::span<Learner> group) {
  int64_t last_step = 0, first_step = INT64_MAX;
  std::vector<CurveWriter> curves;
  for (Learner& learner : group) {
    prepare(learner);
    if (learner.team) meet_team(learner);
    curves.emplace_back(learner.steps);
    first_step = std::min(first_step, learner.first_step);
    last_step = std::max(last_step, learner.steps);
  }
  for (int64_t step = first_step; step < last_step; ++step) {
    for (size_t i = 0; i < group.size(); ++i) {
      Learner& learner = group[i];
      if (!learner.failure.empty() || step < learner.first_step || step >= learner.steps) continue;
      if (!learner.team) check_stop();  // a team stops all at once
      guarded_step(learner, step, curves[i]);
    }
  }
  for (Learner& learner : group) {
    if (learner.average) learner.average->swap();
    learner.working.reset();
    if (learner.computed_tokens > 0) {
      learner.cost.padding_fraction = 1 - static_cast<double>(learner.cost.train_tokens) /
                                              static_cast<double>(learner.computed_tokens);
    }
  }
}

}  // namespace dovetail
