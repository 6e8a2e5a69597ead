// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "training/optimizer.h"

namespace dovetail {

// The tensors of each of the settings' groups, and then those of none. Throws ConfigError for a
// group that no tensor is in.
std::vector<NamedTensors> split_by_group(const OptimizerSettings& settings,
                                         const NamedTensors& trained);

// The optimizers of a training: one for the tensors of each group that its settings name, and one
// for the others.
class ParameterGroups {
 public:
  // Throws ConfigError as split_by_group() and make_optimizer() do.
  ParameterGroups(const OptimizerSettings& settings, const NamedTensors& trained);

  // Step `step` (from 0) of `total`, each group at the rate of its schedule.
  void step(int64_t step, int64_t total, double gradient_scale);
  std::vector<at::Tensor> state();  // as Optimizer::state(), of all
  void set_num_steps(int64_t steps);

 private:
  struct Group {
    OptimizerSettings settings;
    std::unique_ptr<Optimizer> optimizer;
  };
  std::vector<Group> groups_;
};

}  // namespace dovetail
