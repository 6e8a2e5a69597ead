// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// Trains a model on a text with an objective; the artefact is a checkpoint in the Hugging Face
// layout. Saves its state every `checkpoint_seconds` and continues from there after an
// interruption, to the same result. All ranks of a data-parallel group read that state; the first
// one writes it.
void run_pretrain(const Job& job, Artefacts& artefacts, double checkpoint_seconds,
                  GradientAllReduce* all_reduce, Record& record);

}  // namespace dovetail
