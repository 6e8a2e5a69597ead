// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "jobs/artefacts.h"
#include "plan/job.h"
#include "plan/record.h"

namespace dovetail {

// The file of cut sentences in the artefact; adaptation/text_pairs.h has its format.
inline constexpr const char* kSplitRowsFile = "rows.jsonl";

// Cuts sentences in two (stage split), or gives cut sentences the group that a classifier predicts
// (stage group): two stages of MTO's adaptation (Pouramini and Faili 2024). The record counts the
// sentences that were left out, by reason. DataError if none could be cut.
void run_segment(const Job& job, Artefacts& artefacts, Record& record);

// The classifier's input for a triple.
std::string classifier_question(const std::string& head, const std::string& tail);

// The classifier's answer to each question: P(Filling) against P(Mapping), which sum to 1. The key
// is that of the job that trained the classifier.
std::vector<double> ask_filling(const std::string& classifier_key,
                                const std::vector<std::string>& questions, Artefacts& artefacts);

}  // namespace dovetail
