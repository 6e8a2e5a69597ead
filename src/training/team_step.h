// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "kernels/gradient_listener.h"
#include "model/weights.h"
#include "training/gradient_team.h"

namespace dovetail {

// Sums the gradients of trained tensors over a team, a big one as soon as the backward pass is
// through with it, the many small ones at the end in one piece.
class TeamStep {
 public:
  TeamStep(GradientTeam& team, const NamedTensors& trained);
  ~TeamStep();  // drops the gradients, which may stand in the team's memory
  TeamStep(const TeamStep&) = delete;

  void begin();  // of a step, before its first backward pass
  // For a backward pass. In the last one of a step, gradients are on their way when it completes
  // them.
  std::unique_ptr<GradientListener> listen(bool last);
  void finish();   // after the last pass: the gradients are the team's
  void give_up();  // without finish(): this member has no gradients; after it: nothing

 private:
  void start(size_t slot);
  float* home_of(const std::vector<at::Tensor>& parameters) const;
  void start_small();
  void take_small();

  GradientTeam& team_;
  std::vector<at::Tensor> big_, small_;
  std::unordered_map<const void*, size_t> slot_of_;  // by tensor
  std::vector<size_t> sizes_;
  std::vector<std::span<float>> homes_;
  std::vector<bool> started_;
  std::vector<float> small_sum_;
  bool open_ = false;
};

}  // namespace dovetail
