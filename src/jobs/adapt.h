// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/job.h"
#include "plan/record.h"
#include "jobs/artefacts.h"

namespace dovetail {

// A base model and cut sentences -> another checkpoint, the job's artefact (MTO's unsupervised
// stage; Pouramini and Faili 2024). For a sentence "You can use a ruler to measure things":
//
//   lm         free-cs: You can use a ruler to                -> measure things
//   denoising  free-cs: You can use a ruler to <extra_id_0>   -> <extra_id_0> measure things
//   mixed      the one for sentences of group Mapping, the other for Filling
//   continued  the base's own objective on its own text, for as many steps of as many rows
//
// Steps are counted from the settings alone, so that all adaptations of a sweep take equally many.
// Saves its state every `checkpoint_seconds` and goes on from there after an interruption.
void run_adapt(const Job& job, Artefacts& artefacts, double checkpoint_seconds, Record& record);

}  // namespace dovetail
