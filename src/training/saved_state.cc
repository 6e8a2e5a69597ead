// SPDX-License-Identifier: Apache-2.0
#include "training/saved_state.h"

#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <map>

#include "base/error.h"
#include "model/checkpoints/safetensors.h"

namespace dovetail {

using at::Tensor;

namespace {

// Splits a count in two parts that single precision holds exactly.
constexpr int64_t kCountPart = int64_t{1} << 20;
Tensor count_tensor(int64_t count) {
  return at::tensor(
      {static_cast<float>(count / kCountPart), static_cast<float>(count % kCountPart)});
}
int64_t count_from(const Tensor& parts) {
  return static_cast<int64_t>(parts[0].item<float>()) * kCountPart +
         static_cast<int64_t>(parts[1].item<float>());
}

std::vector<Tensor> averages_of(const TrainingState& state) {
  return state.average ? state.average->state() : std::vector<Tensor>{};
}

NamedTensors saved_tensors(const TrainingRun& run, int64_t step, double wall_seconds) {
  const auto& [task, state, outcome] = run;
  NamedTensors saved = state.trained;
  const std::vector<Tensor> moments = state.optimizer->state();
  for (size_t i = 0; i < moments.size(); ++i)
    saved.emplace_back(fmt::format("moment.{}", i), moments[i]);
  const std::vector<Tensor> averages = averages_of(state);
  for (size_t i = 0; i < averages.size(); ++i) {
    saved.emplace_back(fmt::format("average.{}", i), averages[i]);
  }
  const Curve& curve = outcome.train_loss;
  std::vector<float> values(curve.values.begin(), curve.values.end());
  std::vector<float> steps(curve.steps.begin(), curve.steps.end());
  saved.emplace_back("curve.values", at::tensor(values));
  saved.emplace_back("curve.steps", at::tensor(steps));
  saved.emplace_back("count.tokens", count_tensor(outcome.cost.train_tokens));
  saved.emplace_back("count.computed", count_tensor(outcome.computed_tokens));
  saved.emplace_back("progress",
                     at::tensor({static_cast<float>(step), static_cast<float>(wall_seconds)}));
  return saved;
}

}  // namespace

void save_state(const TrainingRun& run, int64_t step, double wall_seconds,
                const std::filesystem::path& file) {
  write_safetensors(file, saved_tensors(run, step, wall_seconds));
}

void restore_state(const TrainingRun& run, const std::filesystem::path& file) {
  const at::NoGradGuard no_grad;
  const auto& [task, state, outcome] = run;
  const NamedTensors loaded = read_safetensors(file);
  const std::map<std::string, Tensor> saved(loaded.begin(), loaded.end());
  for (auto& [name, tensor] : state.trained) tensor.copy_(saved.at(name));
  std::vector<Tensor> moments = state.optimizer->state();
  for (size_t i = 0; i < moments.size(); ++i)
    moments[i].copy_(saved.at(fmt::format("moment.{}", i)));
  std::vector<Tensor> averages = averages_of(state);
  for (size_t i = 0; i < averages.size(); ++i) {
    averages[i].copy_(saved.at(fmt::format("average.{}", i)));
  }
  const Tensor &values = saved.at("curve.values"), &steps = saved.at("curve.steps");
  for (int64_t i = 0; i < values.numel(); ++i) {
    outcome.train_loss.steps.push_back(static_cast<int64_t>(steps[i].item<float>()));
    outcome.train_loss.values.push_back(values[i].item<float>());
  }
  state.first_step = static_cast<int64_t>(saved.at("progress")[0].item<float>());
  outcome.cost.wall_seconds = saved.at("progress")[1].item<float>();
  outcome.cost.train_steps = state.first_step;
  outcome.cost.train_tokens = count_from(saved.at("count.tokens"));
  outcome.computed_tokens = count_from(saved.at("count.computed"));
  state.optimizer->set_num_steps(state.first_step);
}

}  // namespace dovetail
