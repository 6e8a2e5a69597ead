// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"

namespace dovetail {

// Trains a base model on cut sentences; the artefact is another checkpoint (MTO's unsupervised
// stage; Pouramini and Faili 2024). For a sentence "You can use a ruler to measure things":
//
//   lm         free-cs: You can use a ruler to                -> measure things
//   denoising  free-cs: You can use a ruler to <extra_id_0>   -> <extra_id_0> measure things
//   mixed      lm for sentences of group Mapping, denoising for group Filling
//   continued  the base's own objective on its own text, for as many steps of as many rows
//
// The number of steps follows from the settings alone, so that all adaptations of a sweep take
// equally many. Saves its state every `checkpoint_seconds` and continues from there after an
// interruption.
void run_adapt(const Job& job, Artefacts& artefacts, double checkpoint_seconds, Record& record);

}  // namespace dovetail
