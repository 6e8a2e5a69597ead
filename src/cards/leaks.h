// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

#include "cards/card.h"
#include "cards/example_importer.h"

namespace dovetail {

// The examples of one split, with their file.
struct SplitPart {
  std::filesystem::path file;
  SplitRows rows;
  size_t report = 0;            // position in DataReport::files
  std::set<size_t> leaks = {};  // refused examples, which an earlier split has too
  // What makes a card take them out of this split, where it is the one nearer to training.
  std::string drop_key = "leaks = \"drop_from_train\"";
};

// The word for a source in messages: "head", "question", "text".
const char* noun_of(Layout layout);

// Finds the examples that two splits share: a test example that was trained on measures memory. As
// the card asks, one split drops them or they become a refusal. `first` is the split nearer to
// training. DataError if a split loses all its examples.
void settle_leaks(const CardTask& task, SplitPart& first, SplitPart& second, DataReport& report);

// Notes examples of two splits that differ only in case. Only the user knows whether they are the
// same (a typing error) or not (a name and a word).
void note_other_case(const CardTask& task, const SplitPart& first, const SplitPart& second,
                     DataReport& report);

// Counts sources that train and test share without a leak (DataReport::shared_sources).
int64_t count_shared(const Importer& importer, const TaskData& data);

}  // namespace dovetail
