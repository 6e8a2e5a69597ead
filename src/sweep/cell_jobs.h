// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sweep/job_graph.h"

// The jobs that compute cells and baselines. A point is one combination of the axes' values
// (grid.h). Functions that add a job return its index in the graph.
namespace dovetail {

// The point's task, in the published split that the point's seed names.
AxisValue task_in_split(const GridPoint& point);

// Makes `job` start from the model of the point's objective, adapted if the point has an
// adaptation. Adds the jobs upstream.
StartSettings start_from_point(JobGraph& graph, const GridPoint& point, Job& job);

// The tuning of the point, and what `job` needs for it.
ChoiceSettings tuning_for(JobGraph& graph, const AxisValue& tuning, Job& job);

// Adds the cell of a point with a value on every axis. ConfigError for a point that no job could
// run: too few examples, a metric that cannot score the task, soft tokens that the tuning does not
// train.
int64_t add_cell(JobGraph& graph, const GridPoint& point, const std::string& name);

// Adds a baseline. The point needs only the axes that the baseline depends on:
//   most_frequent, most_frequent_position, nearest_example  task, train_size, seed
//   chance, longest_choice, copy                            task
//   untuned                                                 objective, adaptation, task, template,
//                                                           seed
int64_t add_baseline(JobGraph& graph, BaselineKind kind, const GridPoint& point,
                     const std::string& name);

}  // namespace dovetail
