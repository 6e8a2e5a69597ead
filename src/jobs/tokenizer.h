// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"

namespace dovetail {

// Trains or copies a vocabulary; the artefact is a folder with spiece.model.
void run_tokenizer(const Job& job, Artefacts& artefacts, Record& record);

}  // namespace dovetail
