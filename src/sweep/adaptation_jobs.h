// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

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

// Adds the adapted checkpoint of an objective, with all jobs upstream. ConfigError for the
// adaptation "continued" of a model whose objective is not known.
int64_t add_adaptation(JobGraph& graph, const AxisValue& objective, const AxisValue& adaptation);

}  // namespace dovetail
