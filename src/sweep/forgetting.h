// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/job_graph.h"

namespace dovetail {

// What a cell's job measures beside its test, as [evaluate] says: the loss of text (text_loss; a
// random start has no objective and so none) and of the outputs of other tasks (transfer). A tuning
// that reads labels off the encoder has neither.
// ConfigError for a checkpoint whose objective is not known, a text without held-out documents, a
// template that does not fit another task, and one with more soft tokens there than the cell has.
void add_side_losses(JobGraph& graph, const GridPoint& point, Job& job, TuneJob& cell);

}  // namespace dovetail
