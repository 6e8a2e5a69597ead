// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/results/netcdf.h"
#include "store/results/results_contents.h"

namespace dovetail {

// Writes /provenance: the sweep file and plan, and the versions and machine behind each number.
void write_provenance(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);

}  // namespace dovetail
