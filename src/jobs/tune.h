// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// What a caller hears of a group that is tuned.
struct TuneEvents {
  std::function<void()> on_shared = [] {};                   // what is left is each cell's own
  std::function<void(size_t cell)> on_done = [](size_t) {};  // its record is complete
};

// Tunes and evaluates a group of cells side by side. records[i] belongs to group[i]. The failure of
// one cell is recorded in its record and does not affect the others. In a data-parallel group all
// ranks train, and the first one evaluates.
void run_tune(std::span<const Job> group, Artefacts& artefacts, GradientAllReduce* all_reduce,
              std::span<Record> records, const TuneEvents& events = {});

}  // namespace dovetail
