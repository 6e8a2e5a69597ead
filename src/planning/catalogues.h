// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "examples/task.h"
#include "sweep/make_plan.h"
#include "sweep/sweep.h"

namespace dovetail {

// Everything a sweep file may name, gathered from the rooms that define it.
Catalogues catalogues();

// Content hashes of the data that a sweep names.
Fingerprints fingerprints();

// What rules of thumb go by (MTO's temp_flex and temp_len), over the training side: "kind",
// "relation", "layout", "mean_choice_words", "question_mark_share".
Json facts_of(const TaskData& data);

// Reads a sweep file and plans it; where `filter` is not empty, `plan` is the part of `whole`
// whose cell names match it.
struct PlannedSweep {
  Plan whole;
  Plan plan;
};
PlannedSweep plan_sweep(const std::filesystem::path& sweep_file, const std::string& filter);

}  // namespace dovetail
