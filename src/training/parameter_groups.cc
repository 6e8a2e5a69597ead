// SPDX-License-Identifier: Apache-2.0
#include "training/parameter_groups.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "training/learning_rate.h"

namespace dovetail {

std::vector<NamedTensors> split_by_group(const OptimizerSettings& settings,
                                         const NamedTensors& trained) {
  std::vector<NamedTensors> split(settings.groups.size() + 1);
  for (const auto& named : trained) {
    const auto found = std::ranges::find_if(settings.groups, [&](const OptimizerGroup& group) {
      return glob_matches(group.names, named.first);
    });
    split[found - settings.groups.begin()].push_back(named);
  }
  for (size_t i = 0; i < settings.groups.size(); ++i) {
    if (!split[i].empty()) continue;
    throw_<ConfigError>(
        "optimizer.groups: \"{}\" names no trained tensor, or none that no group before has; their "
        "names are such as {} and {}",
        settings.groups[i].names, trained.front().first, trained.back().first);
  }
  return split;
}

ParameterGroups::ParameterGroups(const OptimizerSettings& settings, const NamedTensors& trained) {
  const std::vector<NamedTensors> split = split_by_group(settings, trained);
  for (size_t i = 0; i < split.size(); ++i) {
    if (split[i].empty()) continue;
    const OptimizerSettings own =
        i < settings.groups.size() ? settings_of_group(settings, settings.groups[i]) : settings;
    groups_.push_back({own, make_optimizer(own, split[i], trained)});
  }
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
