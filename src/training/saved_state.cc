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

// Counts beyond what single precision holds exactly, in two parts.
constexpr int64_t kCountPart = int64_t{1} << 20;
Tensor count_tensor(int64_t count) {
  return at::tensor(
      {static_cast<float>(count / kCountPart), static_cast<float>(count % kCountPart)});
}
int64_t count_from(const Tensor& parts) {
  return static_cast<int64_t>(parts[0].item<float>()) * kCountPart +
         static_cast<int64_t>(parts[1].item<float>());
}

std::vector<Tensor> averages_of(Learner& learner) {
  return learner.average ? learner.average->state() : std::vector<Tensor>{};
}

NamedTensors named_state(Learner& learner, int64_t step, double wall_seconds) {
  NamedTensors state = learner.trained;
  const std::vector<Tensor> moments = learner.optimizer->state();
  for (size_t i = 0; i < moments.size(); ++i)
    state.emplace_back(fmt::format("moment.{}", i), moments[i]);
  const std::vector<Tensor> averages = averages_of(learner);
  for (size_t i = 0; i < averages.size(); ++i) {
    state.emplace_back(fmt::format("average.{}", i), averages[i]);
  }
  const auto& curve = learner.train_loss;
  std::vector<float> values(curve.values.begin(), curve.values.end());
  std::vector<float> steps(curve.steps.begin(), curve.steps.end());
  state.emplace_back("curve.values", at::tensor(values));
  state.emplace_back("curve.steps", at::tensor(steps));
  state.emplace_back("count.tokens", count_tensor(learner.cost.train_tokens));
  state.emplace_back("count.computed", count_tensor(learner.computed_tokens));
  state.emplace_back("progress",
                     at::tensor({static_cast<float>(step), static_cast<float>(wall_seconds)}));
  return state;
}

}  // namespace

void save_state(Learner& learner, int64_t step, double wall_seconds,
                const std::filesystem::path& file) {
  write_safetensors(file, named_state(learner, step, wall_seconds));
}

void restore_state(Learner& learner, const std::filesystem::path& file) {
  const at::NoGradGuard no_grad;
  const NamedTensors loaded = read_safetensors(file);
  const std::map<std::string, Tensor> state(loaded.begin(), loaded.end());
  for (auto& [name, tensor] : learner.trained) tensor.copy_(state.at(name));
  std::vector<Tensor> moments = learner.optimizer->state();
  for (size_t i = 0; i < moments.size(); ++i)
    moments[i].copy_(state.at(fmt::format("moment.{}", i)));
  std::vector<Tensor> averages = averages_of(learner);
  for (size_t i = 0; i < averages.size(); ++i) {
    averages[i].copy_(state.at(fmt::format("average.{}", i)));
  }
  const Tensor &values = state.at("curve.values"), &steps = state.at("curve.steps");
  for (int64_t i = 0; i < values.numel(); ++i) {
    learner.train_loss.steps.push_back(static_cast<int64_t>(steps[i].item<float>()));
    learner.train_loss.values.push_back(values[i].item<float>());
  }
  learner.first_step = static_cast<int64_t>(state.at("progress")[0].item<float>());
  learner.cost.wall_seconds = state.at("progress")[1].item<float>();
  learner.cost.train_steps = learner.first_step;
  learner.cost.train_tokens = count_from(state.at("count.tokens"));
  learner.computed_tokens = count_from(state.at("count.computed"));
  learner.optimizer->set_num_steps(learner.first_step);
}

}  // namespace dovetail
