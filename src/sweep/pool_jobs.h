// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sweep/job_graph.h"

// The jobs of what learns from a task's pool of unlabelled examples. They hang on the whole point:
// on its task and seed, and where a model labels the pool, on the cell that is this point without
// an adaptation:
//
//   base --tune--> labels --adapt: fill the template, continue from the base--> --tune--> cell
//
// No cell ever sees labels that another seed's labelled examples have led to.
namespace dovetail {

// Adds the checkpoint of a point with the adaptation tapt or pcp, with all jobs upstream.
// `objective`: the point's, with its replicate. ConfigError for a task without a pool, and for
// labels that the objective cannot mask as asked.
int64_t add_pool_adaptation(JobGraph& graph, const GridPoint& point, const AxisValue& objective);

// What the cell of a point labels for adaptations of the sweep; sets the location of the pool.
std::optional<PoolLabelling> labelling_for(JobGraph& graph, const GridPoint& point, Job& job);

// What the cell of a point with the adaptation self_training learns from; nothing for others.
std::optional<SelfTraining> self_training_for(JobGraph& graph, const GridPoint& point, Job& job);

}  // namespace dovetail
