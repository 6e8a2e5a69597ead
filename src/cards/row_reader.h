// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cards/example_importer.h"

namespace dovetail {

enum class TextFormat {
  tsv,    // no quoting
  csv,    // RFC 4180: a field in double quotes may hold line ends; a quote within is doubled
  jsonl,  // an object a line
  json    // a list of objects, or an object of objects
};

// A column by its number from 1 on, by its name in the header, or by a dotted path into a JSON
// object. A path maps over lists: "choices.text" in {"choices": [{"text": "a"}, {"text": "b"}]} is
// ["a", "b"].
using Column = std::variant<int64_t, std::string>;

std::string to_string(const Column& column);

// One row, delimited or JSON.
class Row {
 public:
  Row(nlohmann::json value, const std::vector<std::string>& header, const std::string& file)
      : value_(std::move(value)), header_(header), file_(file) {}

  // The value of a column; nullopt if the row lacks it. DataError if the header lacks it.
  std::optional<nlohmann::json> find(const Column& column) const;
  // The value as text: numbers and booleans in JSON notation, null as "". nullopt for lists and
  // objects, too.
  std::optional<std::string> text(const Column& column) const;
  // The value of a list as texts; nullopt for anything else.
  std::optional<std::vector<std::string>> texts(const Column& column) const;

 private:
  nlohmann::json value_;
  const std::vector<std::string>& header_;
  const std::string& file_;
};

// Calls `take` for each usable row; `sink` counts the others. DataError for a file that cannot be
// split into rows.
void read_rows(const std::filesystem::path& file, TextFormat format, bool header,
               ExampleImporter& sink, const std::function<void(const Row&)>& take);

}  // namespace dovetail
