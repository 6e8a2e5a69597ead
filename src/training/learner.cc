// SPDX-License-Identifier: Apache-2.0
#include "training/learner.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "base/error.h"
#include "base/random.h"
#include "base/stop.h"
#include "training/schedule.h"

namespace dovetail {

using torch::Tensor;

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
// resuming and sharing a rank change nothing. Where the kernels' own dropout does not apply it draws
// from LibTorch's generator.
uint64_t seed_dropout(const Learner& learner, int64_t step) {
  const uint64_t seed = derive_seed(learner.seed, fmt::format("dropout/{}", step));
  if (learner.dropout > 0) at::manual_seed(seed);
  return seed;
}

void one_step(Learner& learner, int64_t step, CurveWriter& curve) {
  const Batch batch = learner.next_batch(step);
  learner.model->set_dropout(learner.dropout, seed_dropout(learner, step));
  // the mean is taken inside the loss, so that backward has nothing to multiply
  const double weight = 1.0 / static_cast<double>(batch.num_targets);
  const Tensor loss = weighted_loss(*learner.model, *learner.tuning, batch, {.weight = static_cast<float>(weight)});
  const double loss_sum = loss.item<double>() / weight;
  if (!std::isfinite(loss_sum)) throw_<SystemError>("the loss is {} at step {}", loss_sum, step + 1);
  for (auto& [name, tensor] : learner.trained) tensor.mutable_grad().reset();
  loss.backward();
  const double scale = clip_scale(learner.trained, learner.optimizer_settings.clip);
  if (!std::isfinite(scale)) throw_<SystemError>("the gradient is not finite at step {}", step + 1);
  learner.optimizer->step(scheduled_rate(learner.optimizer_settings, step, learner.steps), scale);
  learner.model->set_dropout(0);
  learner.cost.train_steps += 1;
  learner.cost.train_tokens += batch.num_tokens;
  learner.computed_tokens += batch.num_computed;
  curve.add(loss_sum, batch.num_targets, step + 1, step + 1 == learner.steps, learner.train_loss);
  if (learner.after_step) learner.after_step(learner, step + 1);
}

void guarded_step(Learner& learner, int64_t step, CurveWriter& curve) {
  try {
    one_step(learner, step, curve);
  } catch (const Interrupted&) {
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
  const Tensor memory = model.encode(tuning.embed(batch.source_BS), batch.mask_BS);
  const Tensor hidden = model.decode(batch.decoder_ids_BT, memory, batch.mask_BS);
  return model.loss(hidden, batch.labels_BT, settings);
}

void train(std::span<Learner> group) {
  int64_t last_step = 0, first_step = INT64_MAX;
  std::vector<CurveWriter> curves;
  for (Learner& learner : group) {
    learner.trained = learner.tuning->trainable();
    if (!learner.optimizer) {
      learner.optimizer = make_optimizer(learner.optimizer_settings, learner.trained);
    }
    curves.emplace_back(learner.steps);
    first_step = std::min(first_step, learner.first_step);
    last_step = std::max(last_step, learner.steps);
  }
  for (int64_t step = first_step; step < last_step; ++step) {
    for (size_t i = 0; i < group.size(); ++i) {
      Learner& learner = group[i];
      if (!learner.failure.empty() || step < learner.first_step || step >= learner.steps) continue;
      check_stop();
      guarded_step(learner, step, curves[i]);
    }
  }
  for (Learner& learner : group) {
    if (learner.computed_tokens > 0) {
      learner.cost.padding_fraction =
          1 - static_cast<double>(learner.cost.train_tokens) / static_cast<double>(learner.computed_tokens);
    }
  }
}

}  // namespace dovetail
