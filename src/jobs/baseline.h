// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/job.h"
#include "plan/record.h"
#include "jobs/artefacts.h"

namespace dovetail {

// Cells without training, which every table shows beside the tuned ones: the most frequent tail of
// the training subset, the head copied (without the sense note in brackets at its end), and the
// model as it was before tuning.
void run_baseline(const Job& job, Artefacts& artefacts, Record& record);

}  // namespace dovetail
