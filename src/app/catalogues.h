// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/plan.h"
#include "sweep/sweep.h"

namespace dovetail {

// Everything a sweep file may name, gathered from the rooms that define it.
Catalogues catalogues();

// Content hashes of the data that a sweep names.
Fingerprints fingerprints();

// Reads a sweep file and plans it; where `filter` is not empty, `plan` is the part of `whole`
// whose cell names match it.
struct PlannedSweep {
  Plan whole;
  Plan plan;
};
PlannedSweep plan_sweep(const std::filesystem::path& sweep_file, const std::string& filter);

}  // namespace dovetail
