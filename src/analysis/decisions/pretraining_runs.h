// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/statistics/cell_groups.h"

namespace dovetail {

// Which seeds of these cells rest on the same run of pre-training or adaptation: the number of the
// run, from 0, by seed. Seeds that share one in any cell have the same number. A published
// checkpoint is one run; random weights are drawn for each seed. With `adaptation_alone` only the
// runs of adaptation tell seeds apart: the claim is not about what lies before them.
std::map<std::string, size_t> pretraining_runs(const Plan& plan,
                                               const std::vector<const CellGroup*>& cells,
                                               bool adaptation_alone);

}  // namespace dovetail
