// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"

namespace dovetail {

// Trains or copies a vocabulary; the artefact is a folder with spiece.model.
void run_tokenizer(const Job& job, Artefacts& artefacts, Record& record);

// Text and objective -> a checkpoint in the Hugging Face layout, the job's artefact. Saves its
// state every `checkpoint_seconds` and goes on from there after an interruption, to the same
// result. Every member of a team reads that state, and the first one writes.
void run_pretrain(const Job& job, Artefacts& artefacts, double checkpoint_seconds,
                  GradientAllReduce* team, Record& record);

// The model's config with the vocabulary's size. Throws ConfigError where the two do not fit.
T5Config config_for(const Json& model, const Vocabulary& vocabulary);

}  // namespace dovetail
