// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tasks/kg_tsv.h"

namespace dovetail {

// The triples of one file, grouped: one example for each (head, relation), in the order of their
// first rows.
struct GroupedFile {
  std::vector<Example> examples;
  std::vector<int64_t> lines;                     // where each example was first met
  std::unordered_map<std::string, size_t> index;  // source -> position in examples
};

// The head alone, also in a task of several relations.
std::string_view bare_head(const KgTsvCard& card, const Example& example);

// Reads `file` as the card says; adds a FileReport and the bad rows to `report`. DataError for a
// missing column.
GroupedFile read_grouped(const KgTsvCard& card, const std::filesystem::path& file,
                         DataReport& report);

bool is_valid_utf8(std::string_view bytes);

}  // namespace dovetail
