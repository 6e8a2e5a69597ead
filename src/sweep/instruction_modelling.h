// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/cost.h"
#include "sweep/job_graph.h"

namespace dovetail {

// Where a point has the adaptation instruction_modelling: puts its parameters into the cell, whose
// steps become the share that they say. ConfigError for what cannot be: a template without
// conversations, a tuning that reads a label off the encoder, an instruction to be denoised by a
// decoder-only model or with too few sentinels, and a tuning of source positions where the source
// has no text.
void model_instructions(JobGraph& graph, const GridPoint& point, TuneJob& cell);

// The lengths of the rows that a cell is trained on, for estimates, by those that it is tested on.
RowLengths trained_lengths(const TuneJob& cell, const RowLengths& tested);

}  // namespace dovetail
