// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sweep/job_graph.h"

// The jobs that cells and baselines are made of.
namespace dovetail {

// Makes `job` start from the point's model, with its adaptation if it has one. Adds the jobs
// upstream.
StartSettings start_from_point(JobGraph& graph, const GridPoint& point, Job& job);

// Adds the cell of a whole point. ConfigError for a point that no job could run: too few examples,
// a metric that cannot score the task, soft tokens that the tuning does not train.
int64_t add_cell(JobGraph& graph, const GridPoint& point, const std::string& name);

// Adds a baseline. The point needs only the axes that the baseline depends on: task, train_size and
// seed of most_frequent, task of copy, objective, adaptation, task, template and seed of untuned.
int64_t add_baseline(JobGraph& graph, BaselineKind kind, const GridPoint& point,
                     const std::string& name);

}  // namespace dovetail
