// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/plan.h"
#include "sweep/data_inspector.h"
#include "sweep/sweep.h"

namespace dovetail {

// Expands the grid, drops the points that exclusions match, adds baselines and probes, joins equal
// jobs and estimates costs. Throws ConfigError if nothing is left, if an exclusion matches no cell,
// or for a cell that could not run; the inspector's errors pass with their place in front.
Plan make_plan(const Sweep& sweep, DataInspector& inspector);

}  // namespace dovetail
