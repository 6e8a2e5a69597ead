// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "comm/team.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// The trainer's side of a team of ranks: training knows nothing of MPI, and comm nothing of steps.
class TeamGradients final : public GradientAllReduce {
 public:
  explicit TeamGradients(Team& team) : GradientAllReduce(team.rank(), team.size()), team_(team) {}

  std::vector<std::span<float>> begin_round(std::span<const size_t> sizes) override {
    return team_.begin_round(sizes);
  }
  void all_reduce_async(size_t slot, std::span<float> numbers) override {
    team_.begin_sum(slot, numbers);
  }
  void wait() override { team_.finish_sums(); }
  StepReport all_reduce_report(const StepReport& mine) override;

 private:
  Team& team_;
};

}  // namespace dovetail
