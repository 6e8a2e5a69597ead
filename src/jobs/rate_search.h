// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "jobs/tune_cell.h"

namespace dovetail {

// Trains a cell once with each of its learning rates (tune.choice.learning_rates), from the same
// start and on the same batches, and returns the one that scores best on the cell's validation
// examples; the first of equally good ones. Its cost is that of all. A rate at which training fails
// (diverges) is out of the choice; where all fail, the cell's outcome has the last failure. What
// each rate scored goes into the record's provenance, "learning_rates". The ranks of a
// data-parallel group choose alike.
std::unique_ptr<TuneCell> search_rates(const Job& job, const TuneJob& cell, Artefacts& artefacts,
                                       GradientAllReduce* all_reduce, Record& record);

}  // namespace dovetail
