// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "adaptation/sentence_split.h"

namespace dovetail {

// One row of what is trained on as pairs: cut sentences, or prompts and completions.
struct TextPair {
  std::string source, target;
  std::string group, relation;  // where the file says them
  int64_t line = 0;             // of the row; for cut sentences, of the sentence
};

// What the keys of a file are called, and how its targets end.
struct PairFormat {
  std::string source_key = "source";
  std::string target_key = "target";
  std::string end_marker;  // stripped from the end of targets: "<|endoftext|>"; "": none
};

struct PairFile {
  std::vector<TextPair> rows;
  int64_t empty_targets = 0;  // rows without anything to write, which were left out
};

// A file of JSON lines; blank lines are left out, other keys ignored. Source and target lose blanks
// at their ends, the target also the end marker. DataError FILE:LINE for a line that is no JSON
// object or lacks a key; ConfigError for a file that is not there. A file may have no rows.
PairFile read_pairs(const std::filesystem::path& file, const PairFormat& format = {});

// {"source", "target", "group", "relation", "line"} a row, whole file or none.
void write_pairs(const std::filesystem::path& file, std::span<const SplitSentence> sentences);

}  // namespace dovetail
