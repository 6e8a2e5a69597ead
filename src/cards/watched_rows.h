// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cards/example_importer.h"
#include "tables/row_reader.h"

namespace dovetail {

// The columns that a card reads, and those that it leaves out on purpose.
struct ReadColumns {
  std::vector<Column> columns;  // those of strata among them
  std::vector<std::string> ignored;
  std::vector<Column> strata = {};  // that scores are broken down by

  void add_strata(const std::vector<Column>& more) {
    strata = more;
    columns.insert(columns.end(), more.begin(), more.end());
  }
};

// Reads the rows of a file as read_rows, and remarks on contents that nothing reads: columns and
// keys that the card does not name, cells that begin with a quote where the format has no quoting,
// lists and objects that are written as text, and a first line that looks like a header. A row
// without a value for a stratum is a bad one.
void read_watched_rows(const std::filesystem::path& file, const RowFormat& format,
                       const ReadColumns& read, ExampleImporter& sink,
                       const std::function<void(Row&)>& take);

}  // namespace dovetail
