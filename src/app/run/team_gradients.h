// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "comm/team.h"
#include "training/gradient_team.h"

namespace dovetail {

// The trainer's side of a team of ranks: training knows nothing of MPI, and comm nothing of steps.
class TeamGradients final : public GradientTeam {
 public:
  explicit TeamGradients(Team& team) : GradientTeam(team.rank(), team.size()), team_(team) {}

  std::vector<std::span<float>> begin_round(std::span<const size_t> sizes) override {
    return team_.begin_round(sizes);
  }
  void begin_sum(size_t slot, std::span<float> numbers) override { team_.begin_sum(slot, numbers); }
  void finish_sums() override { team_.finish_sums(); }
  StepReport report(const StepReport& mine) override;

 private:
  Team& team_;
};

}  // namespace dovetail
