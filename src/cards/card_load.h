// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cards/card.h"
#include "cards/data_report.h"
#include "examples/task.h"

namespace dovetail {

// The data of a card: its examples, those of the dev file, and the report on its files.
struct LoadedCard {
  TaskData data;
  std::vector<Example> dev;
  std::filesystem::path test_file;
  std::vector<int64_t> test_lines;  // of each test example
  DataReport report;
};

// Reads all files of a card and compares its splits. Leaks and bad rows that the card refuses are
// listed in report.refusals. DataError (FILE:LINE) for data that cannot be read, or of which no row
// is left.
LoadedCard examine_card(const CardTask& task);

// The same for training: skips the note on sources that differ only in case, and throws DataError
// where examine_card would list a refusal.
LoadedCard load_card(const CardTask& task);

// The card as a task. ConfigError as read_card.
Task card_task(const std::string& name);

// Fills the counts of the report (examples, references, labels, shared sources) from the examples,
// and notes a small test set and labels that only one split has.
void count_examples(const CardTask& task, LoadedCard& loaded);

}  // namespace dovetail
