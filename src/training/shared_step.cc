// SPDX-License-Identifier: Apache-2.0
#include "training/shared_step.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/sets.h"

namespace dovetail {

using at::Tensor;

namespace {

// What a pass over several runs may compute at a time. On the CPU more no longer saves time: the
// tensors between forward and backward leave the processor's caches. Elsewhere memory is the bound.
int64_t tokens_of_a_pass(const at::Device& device) { return device.is_cpu() ? 1024 : 1 << 15; }

struct PlannedStep {
  RunStep* step = nullptr;
  StepPlan plan;
};

int64_t computed_tokens(const PlannedStep& planned, size_t part) {
  return part < planned.plan.parts.size() ? planned.plan.parts[part].num_computed : 0;
}

// One forward and backward pass over these runs' micro-batches of that number.
void shared_pass(std::span<PlannedStep> runs, size_t part, int64_t step) {
  std::vector<LossInput> inputs;
  std::vector<PlannedStep*> owners;
  for (PlannedStep& planned : runs) {
    if (part >= planned.plan.parts.size() || !planned.step->failure.empty()) continue;
    const TrainingTask& task = planned.step->run->task;
    inputs.push_back(planned.plan.input(task, *task.model, part));
    owners.push_back(&planned);
  }
  if (inputs.empty()) return;
  const Tensor losses = weighted_losses(inputs);
  const Tensor values = losses.detach().to(at::kCPU, at::kDouble);
  losses.sum().backward();
  for (size_t i = 0; i < owners.size(); ++i) {
    const double part_sum = values.const_data_ptr<double>()[i] / owners[i]->plan.weight;
    owners[i]->step->loss_sum += part_sum;
    owners[i]->step->run->outcome.computed_tokens += owners[i]->plan.parts[part].num_computed;
    if (!std::isfinite(part_sum))
      owners[i]->step->failure = fmt::format("the loss is {} at step {}", part_sum, step + 1);
  }
}

}  // namespace

bool passes_may_be_shared(const TrainingRun& run) {
  const TrainingTask& task = run.task;
  return !task.group && !run.state.replica && !task.options.activation_checkpointing &&
         (task.dropout == 0 || task.model->device().is_cpu());
}

std::vector<std::vector<size_t>> runs_that_share(std::span<const TrainingRun> runs) {
  std::vector<size_t> all(runs.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return sort_into_sets(all, [&](size_t first, size_t next) {
    return passes_may_be_shared(runs[first]) && passes_may_be_shared(runs[next]) &&
           may_share(*runs[first].task.model, *runs[next].task.model);
  });
}

void shared_gradients(std::vector<RunStep*> steps, int64_t step) {
  std::vector<PlannedStep> planned;
  size_t most = 0;
  const int64_t most_tokens = tokens_of_a_pass(steps.front()->run->task.model->device());
  for (RunStep* one : steps) {
    one->loss_sum = 0;
    planned.push_back({one, plan_step(one->run->task, one->batch, step)});
    most = std::max(most, planned.back().plan.parts.size());
  }
  for (size_t part = 0; part < most; ++part) {
    for (size_t first = 0, last = 0; first < planned.size(); first = last) {
      int64_t tokens = 0;
      do {
        tokens += computed_tokens(planned[last++], part);
      } while (last < planned.size() &&
               tokens + computed_tokens(planned[last], part) <= most_tokens);
      shared_pass(std::span(planned).subspan(first, last - first), part, step);
    }
  }
}

}  // namespace dovetail
