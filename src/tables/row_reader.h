// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tables/row.h"

namespace dovetail {

enum class TextFormat {
  tsv,        // cells between delimiters; with quotes as csv
  csv,        // RFC 4180: a cell in double quotes may hold line ends; a quote within is doubled
  jsonl,      // an object a line
  json,       // a list of objects, or an object of objects
  label_text  // two cells: the first word of a line, and the rest
};

// How the text of a file is cut into rows.
struct RowFormat {
  TextFormat text = TextFormat::jsonl;
  std::string delimiter = "";  // of tsv and csv; "" is a tab and a comma
  bool header = false;         // the first row has the columns' names
  std::string encoding = "";   // "" is UTF-8
  // A path of keys to the list of rows, for JSON that has them deeper down. A row's keys are looked
  // up in the objects around it, too.
  std::string rows = "";
  std::vector<std::string> json_columns = {};  // columns whose text is JSON

  bool is_json() const { return text == TextFormat::json || text == TextFormat::jsonl; }
  bool has_cells() const { return !is_json(); }
  std::string delimiter_or_usual() const {
    if (!delimiter.empty()) return delimiter;
    return text == TextFormat::csv ? "," : "\t";
  }
};

// Receives the rows of a file, and counts those that cannot be read.
class RowSink {
 public:
  virtual ~RowSink() = default;

  // Starts a row. Returns false for one that cannot be used (blank, too long, not UTF-8).
  virtual bool begin(int64_t line, std::string_view raw) = 0;
  virtual void bad(const std::string& what_class, const std::string& what) = 0;
  virtual void set_lines(int64_t lines) = 0;
  virtual const std::string& file() const = 0;
};

// Keys of rows that an object of JSON holds by name, where these are no objects: its name and its
// value. An object has the key kRowName too.
inline constexpr const char* kRowName = "@name";
inline constexpr const char* kRowValue = "@value";

// Calls `take` for each usable row; `sink` counts the others. DataError for a file that cannot be
// split into rows.
void read_rows(const std::filesystem::path& file, const RowFormat& format, RowSink& sink,
               const std::function<void(Row&)>& take);

}  // namespace dovetail
