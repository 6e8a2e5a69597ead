// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "plan/plan.h"

namespace dovetail {

struct PlannedSweep {
  Plan whole;
  Plan plan;  // the part whose cell names match the filter
};

// Reads a sweep file and plans it with the project's catalogues and data. An empty filter matches
// every cell. Throws ConfigError or DataError for a sweep that cannot run.
PlannedSweep plan_sweep(const std::filesystem::path& sweep_file, const std::string& filter);

}  // namespace dovetail
