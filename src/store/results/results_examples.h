// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/results/netcdf.h"
#include "store/results/results_contents.h"

namespace dovetail {

// Writes /examples: the scores of every test example, one cell after another; and /validation, the
// same of validation examples, where there are any.
void write_examples(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
// Writes /predictions: the predicted texts of every test example.
void write_predictions(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);

}  // namespace dovetail
