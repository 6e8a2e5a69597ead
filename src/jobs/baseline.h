// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"

namespace dovetail {

// Runs a cell without training, which every table shows beside the tuned ones; plan/baselines.h
// says what each answers.
void run_baseline(const Job& job, Artefacts& artefacts, Record& record);

}  // namespace dovetail
