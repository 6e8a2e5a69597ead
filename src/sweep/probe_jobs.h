// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sweep/job_graph.h"

// The probes of [select]: measurements on training examples that selectors decide by.
namespace dovetail {

// Adds a probe of the point's model and template, untuned or after a few steps: of the point's
// tuning if it has one, else of full tuning. `kind` is not filling.
int64_t add_probe(JobGraph& graph, ProbeKind kind, const GridPoint& point, const std::string& name);

// Adds the opinion that a classifier of relations has of a task's triples; only the point's task
// matters.
int64_t add_filling_probe(JobGraph& graph, const GridPoint& point, const std::string& name);

}  // namespace dovetail
