// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>

#include "cards/card.h"
#include "cards/example_importer.h"

namespace dovetail {

// The examples of one split, with the file that they are from.
struct Part {
  std::filesystem::path file;
  SplitRows rows;
  size_t report = 0;            // position in DataReport::files
  std::set<size_t> leaks = {};  // examples that an earlier split has too, where that is refused
};

// What a source is called to the user: "head", "question", "text".
const char* noun_of(Layout layout);

// A test example that was trained on measures memory: what both splits have is given up by one of
// them or refused, as the card says. `first` is the split nearer to training.
void settle_leaks(const CardTask& task, Part& first, Part& second, DataReport& report);

// Notes what would be a leak but for the case of letters. Whether that is the same thing again,
// only the user knows: a name and a word, or a slip of the pen.
void note_other_case(const CardTask& task, const Part& first, const Part& second,
                     DataReport& report);

// Sources of train that test has too, as something else: leaks are not among them.
int64_t count_shared(const Importer& importer, const TaskData& data);

}  // namespace dovetail
