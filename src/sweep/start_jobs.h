// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/cost.h"
#include "sweep/job_graph.h"

// The jobs that a base model comes from: its vocabulary and its pre-training.
namespace dovetail {

// Adds the vocabulary and the pre-training, with its stages before; returns the index of the last.
// A stage is one job, whoever asks for it.
int64_t add_pretraining(JobGraph& graph, const AxisValue& objective, int64_t seed);

// Makes `job` start from the objective's model: adds the jobs upstream, and sets the job's inputs
// and the location of a checkpoint.
StartSettings start_from_base(JobGraph& graph, const AxisValue& objective, Job& job);

// Names the files of corpora in the job's locations.
std::vector<CorpusSource> corpus_for(JobGraph& graph, const std::vector<std::string>& names,
                                     Job& job);

// The task of a job, its card in the job's locations.
TaskSource task_for(JobGraph& graph, const AxisValue& task, Job& job);

// The size of the objective's model, for estimates.
ModelSize size_of(const Sweep& sweep, const ObjectiveValue& objective);

}  // namespace dovetail
