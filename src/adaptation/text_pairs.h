// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "adaptation/sentence_split.h"

namespace dovetail {

// One training pair: a sentence that was cut in two, or a prompt and its completion.
struct TextPair {
  std::string source, target;
  std::string group, relation;  // "" where the row has none
  int64_t line = 0;             // of the row; for a cut sentence, of the sentence in its own file
};

// The keys of a file's rows, and the marker that ends its targets.
struct PairFormat {
  std::string source_key = "source";
  std::string target_key = "target";
  std::string end_marker;  // such as "<|endoftext|>"; "": none
};

struct PairFile {
  std::vector<TextPair> rows;
  int64_t empty_targets = 0;  // rows without a target, which were skipped
};

// Reads a file of JSON lines. Skips blank lines and ignores other keys. Trims source and target,
// and strips the end marker from the target. DataError FILE:LINE for a line that is no JSON object
// or lacks a key; ConfigError for a missing file. A file may have no rows.
PairFile read_pairs(const std::filesystem::path& file, const PairFormat& format = {});

// Writes a line {"source", "target", "group", "relation", "line"} for each sentence, atomically.
void write_pairs(const std::filesystem::path& file, std::span<const SplitSentence> sentences);

}  // namespace dovetail
