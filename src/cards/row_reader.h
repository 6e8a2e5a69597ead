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
  csv,    // RFC 4180: quotes around, doubled within; a field in quotes may hold line ends
  jsonl,  // an object a line
  json    // a list of objects, or an object of objects
};

// From 1 on, or a name: of the header's, or a dotted path into an object. A path goes through lists
// element by element: "choices.text" of [{"text": "a"}, {"text": "b"}] is ["a", "b"].
using Column = std::variant<int64_t, std::string>;

std::string to_string(const Column& column);

// One row, delimited or JSON.
class Row {
 public:
  Row(nlohmann::json value, const std::vector<std::string>& header, const std::string& file)
      : value_(std::move(value)), header_(header), file_(file) {}

  // nullopt where the row lacks it. DataError where the header does.
  std::optional<nlohmann::json> find(const Column& column) const;
  // The same as text: numbers and truth values as they are written, null as "". nullopt for lists
  // and objects too.
  std::optional<std::string> text(const Column& column) const;
  // Of a list of texts (or numbers).
  std::optional<std::vector<std::string>> texts(const Column& column) const;

 private:
  nlohmann::json value_;
  const std::vector<std::string>& header_;
  const std::string& file_;
};

// Calls `take` for each usable row; the others are counted by the sink. DataError for a file that
// cannot be taken apart into rows.
void read_rows(const std::filesystem::path& file, TextFormat format, bool header,
               ExampleImporter& sink, const std::function<void(const Row&)>& take);

}  // namespace dovetail
