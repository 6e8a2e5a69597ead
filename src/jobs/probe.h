// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"

namespace dovetail {

// Measures what selectors decide by, on training examples that no cell of a small size trains on,
// and never on the test set. ProbeKind lists the kinds; the Maskability Index needs shots. For each
// example:
//
//   probe_depth_rank, probe_depth_rank_min  rank of the references' tokens (metrics depth_rank*)
//   probe_loss             nats per content token of the first reference, without sentinels and
//                          </s>, so that templates with and without them can be compared
//   probe_template_loss    nats per token of the source itself, as the target of an empty source
//   probe_filling          P(Filling) against P(Mapping)
//
// task_embedding: the encoder's states, averaged over tokens and examples (d_model values). The
// metrics of [evaluate] keep their names. A race only has race_score, that of its race_metric.
void run_probe(const Job& job, Artefacts& artefacts, Record& record);

// The same on the examples of another task.
void run_probe_on(std::shared_ptr<const TaskData> task, const Job& job, Artefacts& artefacts,
                  Record& record);

}  // namespace dovetail
