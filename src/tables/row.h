// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dovetail {

// A column by its number from 1 on, by its name in the header, or by a dotted path into a JSON
// object. A step of a path is
//   a key          choices.text     of a list: the values of all its elements
//   a number       turns.0.content  an element, from 0 on; from the end: turns.-1
//   a key [k=v]    turns[role=user]  the elements of a list whose key k is v
using Column = std::variant<int64_t, std::string>;

std::string to_string(const Column& column);

// The name of the column that a path starts in: "choices" of "choices.text".
std::string root_of(const Column& column);

// The value at a path; nullopt where there is none.
std::optional<nlohmann::json> at_path(const nlohmann::json& value, std::string_view path);

// What all rows of a file share.
struct RowContext {
  std::string file;                       // for messages
  std::vector<std::string> header;        // names of the columns; empty without a header
  std::vector<std::string> json_columns;  // columns whose text is JSON
};

// Where a column stands among the cells, from 0 on. DataError if the header lacks it, or has
// it twice.
size_t position_of(const Column& column, const RowContext& context);

// One row: cells, or a JSON object with those that it lies in.
class Row {
 public:
  Row(std::vector<std::string> cells, const RowContext& context)
      : cells_(std::move(cells)), context_(context) {}
  // The innermost object first. A key is looked up from there outwards.
  Row(std::vector<nlohmann::json> objects, const RowContext& context)
      : objects_(std::move(objects)), context_(context) {}

  // Reads the context's json_columns. Returns the first that is no JSON; "" for none.
  std::string read_json_columns();

  // Whether the row has a quote that RFC 4180 does not know, and is read as it stands.
  bool stray_quote() const { return stray_quote_; }
  void set_stray_quote(bool stray) { stray_quote_ = stray; }

  // Whether the file has such a column, or this row such a value.
  bool has(const Column& column) const;

  // Adds an outermost object.
  void join(nlohmann::json object) { objects_.push_back(std::move(object)); }

  const RowContext& context() const { return context_; }
  const std::vector<std::string>& header() const { return context_.header; }
  const std::vector<std::string>& cells() const { return cells_; }
  const std::vector<nlohmann::json>& objects() const { return objects_; }

  // The value of a column; nullopt if the row lacks it. DataError if the header lacks it.
  std::optional<nlohmann::json> find(const Column& column) const;
  // The value as text: numbers and booleans in JSON notation, null as "". nullopt for lists and
  // objects, too.
  std::optional<std::string> text(const Column& column) const;
  // The value of a list as texts; nullopt for anything else.
  std::optional<std::vector<std::string>> texts(const Column& column) const;

 private:
  std::optional<nlohmann::json> in_objects(const Column& column) const;

  std::vector<std::string> cells_;
  std::vector<nlohmann::json> objects_;
  const RowContext& context_;
  bool stray_quote_ = false;
};

}  // namespace dovetail
