// SPDX-License-Identifier: Apache-2.0
#include "training/parameter_groups.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "training/learning_rate.h"

namespace dovetail {

ParameterGroups::ParameterGroups(const OptimizerSettings& settings, const NamedTensors& trained) {
  for (const OptimizerGroup& group : settings.groups)
    groups_.push_back({.settings = settings_of_group(settings, group)});
  groups_.push_back({.settings = settings});
  for (const auto& named : trained) {
    const auto found = std::ranges::find_if(settings.groups, [&](const OptimizerGroup& group) {
      return glob_matches(group.names, named.first);
    });
    groups_[found - settings.groups.begin()].tensors.push_back(named);
  }
  for (size_t i = 0; i < settings.groups.size(); ++i) {
    if (!groups_[i].tensors.empty()) continue;
    throw_<ConfigError>(
        "optimizer.groups: no trained tensor that no earlier group has is named \"{}\"; names here "
        "are such as {}",
        settings.groups[i].names, trained.front().first);
  }
  std::erase_if(groups_, [](const Group& group) { return group.tensors.empty(); });
  for (Group& group : groups_)
    group.optimizer = make_optimizer(group.settings, group.tensors, trained);
}

void ParameterGroups::step(int64_t step, int64_t total, double gradient_scale) {
  for (Group& group : groups_)
    group.optimizer->step(scheduled_rate(group.settings, step, total), gradient_scale);
}

std::vector<at::Tensor> ParameterGroups::state() {
  std::vector<at::Tensor> all;
  for (Group& group : groups_) std::ranges::copy(group.optimizer->state(), std::back_inserter(all));
  return all;
}

void ParameterGroups::set_num_steps(int64_t steps) {
  for (Group& group : groups_) group.optimizer->set_num_steps(steps);
}

}  // namespace dovetail
