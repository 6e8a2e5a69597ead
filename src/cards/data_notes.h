// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cards/card.h"
#include "cards/data_report.h"

namespace dovetail {

// Adds a refusal for each file with a larger share of bad rows than the card allows.
void refuse_bad_rows(const Card& card, DataReport& report);

// Says once what is noted of several files: "train.csv, test.csv: ...".
void fold_notes(const Card& card, std::vector<std::string>& notes);

// What `data verify` counts and notes, for the plan and the report: sentences that name files
// without their folders.
std::vector<std::string> notes_for_readers(const Card& card, const DataReport& report);

}  // namespace dovetail
