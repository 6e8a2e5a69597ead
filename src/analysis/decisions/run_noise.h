// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/cell_groups.h"

namespace dovetail {

// How much the mean score of one trained run differs from that of its cell, beyond what its seed
// does to all cells: the residual of cells by seeds, pooled over all cells of a task that share
// train size and tuning. Two seeds of one cell alone would say next to nothing of it.
struct RunNoise {
  double variance = 0;
  double degrees = 0;  // of freedom; 0: unknown, with one seed or one cell
};

class RunNoises {
 public:
  explicit RunNoises(const std::vector<CellGroup>& groups) : groups_(groups) {}

  // `cell` is no baseline.
  const RunNoise& of(const CellGroup& cell, const std::string& metric);

 private:
  const std::vector<CellGroup>& groups_;
  std::map<std::array<std::string, 4>, RunNoise> known_;
};

// means[cell][seed], without gaps.
RunNoise residual_of(const std::vector<std::vector<double>>& means);

}  // namespace dovetail
