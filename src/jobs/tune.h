// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "examples/subset.h"
#include "jobs/artefacts.h"
#include "jobs/example_encoder.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// The model and vocabulary that a tune or baseline job begins with: a checkpoint folder, the
// artefact of its pre-training, or a random start.
struct Backbone {
  std::shared_ptr<const Vocabulary> vocabulary;
  T5Model model;
};
Backbone load_backbone(const Job& job, Artefacts& artefacts);
// One in a folder: a copy, so that it may be trained.
Backbone load_folder(const std::filesystem::path& folder, Artefacts& artefacts);

// The task a job names, through its card's location where it has one.
std::shared_ptr<const TaskData> load_task(const Job& job, Artefacts& artefacts);

// The training side's subset that a job's size and seed choose.
Subset subset_for(const Job& job, const TaskData& task, int64_t validation_examples);

// Tunes and tests a group of cells side by side. records[i] belongs to group[i]; a cell that fails
// says so in its record and leaves the others alone. Of a team, all train, and the first evaluates.
void run_tune(std::span<const Job> group, Artefacts& artefacts, GradientAllReduce* team,
              std::span<Record> records);

}  // namespace dovetail
