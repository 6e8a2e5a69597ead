// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/results/netcdf.h"
#include "store/results/results_contents.h"

namespace dovetail {

// Writes /probes: the measurements that selectors use, one row for each probe.
void write_probes(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);

}  // namespace dovetail
