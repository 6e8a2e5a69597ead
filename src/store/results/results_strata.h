// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/results/netcdf.h"
#include "store/results/results_contents.h"

namespace dovetail {

// Writes /strata: a row for each cell and value of each column that its task's data name (a
// stratum), with the means of the metrics over the test examples of that value. Nothing where no
// task has strata.
void write_strata(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);

}  // namespace dovetail
