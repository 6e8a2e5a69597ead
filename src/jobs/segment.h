// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plan/job.h"
#include "plan/record.h"
#include "jobs/artefacts.h"

namespace dovetail {

inline constexpr const char* kSplitRowsFile =
    "rows.jsonl";  // of the artefact; see adaptation/text_pairs.h

// Sentences -> cut rows (stage "split"), or cut rows -> the same with the group that a classifier
// gives them (stage "group"): two stages of MTO's adaptation (Pouramini and Faili 2024). How many
// sentences were left out, and why, is in the record.
void run_label(const Job& job, Artefacts& artefacts, Record& record);

// What the classifier of relation types is asked.
std::string classifier_question(const std::string& head, const std::string& tail);

// Its answer to each question: P(Filling) against P(Mapping). The model of a teaching job.
std::vector<double> ask_filling(const std::string& teaching_key,
                                const std::vector<std::string>& questions, Artefacts& artefacts);

}  // namespace dovetail
