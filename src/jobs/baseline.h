// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"

namespace dovetail {

// Runs a cell without training, which every table shows beside the tuned ones: the most frequent
// reference of the training subset, the source copied (without the sense note in brackets at its
// end), or the model before tuning.
void run_baseline(const Job& job, Artefacts& artefacts, Record& record);

}  // namespace dovetail
