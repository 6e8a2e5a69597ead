// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/job.h"
#include "plan/record.h"
#include "jobs/artefacts.h"

namespace dovetail {

// What selectors look at, measured on examples of the training side that no cell of a small size
// trains on: never on the test set. A start and a template, untuned ("zero_shot"), after a brief
// tuning on a few heads ("shots": the Maskability Index; "race"), or a classifier's opinion of a
// task's triples ("filling"). Per example:
//
//   probe_depth_rank, probe_depth_rank_min  rank of the references' tokens (metrics depth_rank*)
//   probe_loss             nats per content token of the first reference, without sentinels and
//                          </s>, so that templates with and without them can be compared
//   probe_template_loss    nats per token of the source itself, decoded after an empty input
//   probe_filling          P(Filling) against P(Mapping)
//
// task_embedding: the encoder's states, averaged over tokens and examples (d_model values). The
// metrics of [evaluate] go under their own names. A race has race_score instead of all that: the
// deciding one's.
void run_probe(const Job& job, Artefacts& artefacts, Record& record);

// The same on another task's examples; how many is in the job's tune.validation_examples.
void run_probe_on(std::shared_ptr<const TaskData> task, const Job& job, Artefacts& artefacts,
                  Record& record);

}  // namespace dovetail
