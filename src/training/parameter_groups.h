// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "training/optimizer.h"

namespace dovetail {

// The optimizers of a training: one for the tensors of each group that its settings name, and one
// for the others.
class ParameterGroups {
 public:
  // Throws ConfigError for settings of an unknown kind, and for a group that no tensor is in.
  ParameterGroups(const OptimizerSettings& settings, const NamedTensors& trained);

  // Step `step` (from 0) of `total`, each group at the rate of its schedule.
  void step(int64_t step, int64_t total, double gradient_scale);
  std::vector<at::Tensor> state();  // as Optimizer::state(), of all
  void set_num_steps(int64_t steps);

 private:
  struct Group {
    OptimizerSettings settings;
    NamedTensors tensors;
    std::unique_ptr<Optimizer> optimizer;
  };
  std::vector<Group> groups_;
};

}  // namespace dovetail
