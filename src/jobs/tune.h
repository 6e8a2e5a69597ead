// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// Tunes and evaluates a group of cells side by side. records[i] belongs to group[i]. The failure of
// one cell is recorded in its record and does not affect the others. In a data-parallel group all
// ranks train, and the first one evaluates.
void run_tune(std::span<const Job> group, Artefacts& artefacts, GradientAllReduce* all_reduce,
              std::span<Record> records);

}  // namespace dovetail
