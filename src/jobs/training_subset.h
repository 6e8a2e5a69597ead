// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "examples/subset.h"
#include "jobs/artefacts.h"
#include "plan/job.h"

namespace dovetail {

// The task of a job, from its card's location if it has one.
std::shared_ptr<const TaskData> load_task(const Job& job, const TaskSource& source,
                                          Artefacts& artefacts);

// The training examples that a size and a seed choose. ConfigError if the task has too few.
Subset training_subset(const TaskData& task, const TrainSizeSettings& size, uint64_t seed,
                       int64_t validation_examples);

// The examples that the subset holds out for validation.
std::vector<const Example*> validation_examples_of(const TaskData& task, const Subset& subset);

}  // namespace dovetail
