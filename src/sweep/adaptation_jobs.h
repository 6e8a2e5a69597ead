// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sweep/cost.h"
#include "sweep/job_graph.h"

// The jobs between a base checkpoint and its adaptation (MTO's unsupervised stage): models that
// split and group sentences, the segmented sentences, and the training on them.
namespace dovetail {

// The models that a graph of triples trains: the splitter predicts a sentence's second part, the
// classifier whether a triple is Filling or Mapping.
enum class SegmentModel { splitter, classifier };

// Tunes the objective's model as a splitter or classifier. `without`: a relation that is left out
// of its training data; "": none.
int64_t add_segment_model(JobGraph& graph, SegmentModel model, const AxisValue& objective,
                          const AdaptSettings& adapt, const std::string& without = "");

// The objective that an adaptation continues, or whatever else `who` names. ConfigError for a model
// whose objective is not known.
ChoiceSettings objective_to_continue(const Sweep& sweep, const AxisValue& objective,
                                     const std::string& who);
// The same with its text and its settings.
ContinueSettings pretraining_to_continue(JobGraph& graph, const AxisValue& objective,
                                         const std::string& who, Job& job);

// The mean lengths of an adaptation's rows, and its steps; for estimates and checks.
RowLengths adaptation_lengths(const AdaptSettings& adapt);
int64_t adaptation_steps(const AdaptSettings& adapt);

// Adds the adapted checkpoint of an objective, with all jobs upstream, for the adaptations that
// hang on nothing else; pool_jobs.h adds the others.
int64_t add_adaptation(JobGraph& graph, const AxisValue& objective, const AxisValue& adaptation);

}  // namespace dovetail
