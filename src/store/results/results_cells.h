// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/results/netcdf.h"
#include "store/results/results_contents.h"

namespace dovetail {

// Writes /cells: a flat table of the cells, one data set for each column.
void write_cells(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
// Writes /jobs: the same for jobs that belong to no cell.
void write_shared_jobs(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);

}  // namespace dovetail
