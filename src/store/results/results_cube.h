// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/results/netcdf.h"
#include "store/results/results_contents.h"

namespace dovetail {

// Writes /cube: the sweep as a labelled cube, one array for each metric and baseline.
void write_cube(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);

}  // namespace dovetail
