// SPDX-License-Identifier: Apache-2.0
#include "tables/row.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

using JsonValue = nlohmann::json;

std::optional<std::string> text_of(const JsonValue& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  if (value.is_primitive()) return value.dump();
  return std::nullopt;
}

std::optional<int64_t> number_of(std::string_view step) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), number);
  if (error != std::errc() || end != step.data() + step.size()) return std::nullopt;
  return number;
}

std::optional<JsonValue> element_at(const JsonValue& list, int64_t number) {
  const auto size = static_cast<int64_t>(list.size());
  const int64_t place = number < 0 ? size + number : number;
  if (place < 0 || place >= size) return std::nullopt;
  return list[static_cast<size_t>(place)];
}

// "turns[role=user]": the elements of the list at "turns" whose key "role" is "user".
std::optional<JsonValue> matching(const JsonValue& object, std::string_view step) {
  const size_t open = step.find('['), equals = step.find('=', open);
  if (equals == std::string_view::npos || !step.ends_with(']')) return std::nullopt;
  const std::string key(step.substr(open + 1, equals - open - 1));
  const std::string_view wanted = step.substr(equals + 1, step.size() - equals - 2);
  const std::optional<JsonValue> list = at_path(object, step.substr(0, open));
  if (!list || !list->is_array()) return std::nullopt;
  JsonValue found = JsonValue::array();
  for (const JsonValue& element : *list) {
    if (!element.is_object() || !element.contains(key)) continue;
    if (text_of(element.at(key)) == wanted) found.push_back(element);
  }
  return found;
}

std::optional<JsonValue> of_each(const JsonValue& list, std::string_view path) {
  JsonValue found = JsonValue::array();
  for (const JsonValue& element : list) {
    std::optional<JsonValue> part = at_path(element, path);
    if (!part) return std::nullopt;
    found.push_back(*std::move(part));
  }
  return found;
}

std::string separators_hint(const std::vector<std::string>& header) {
  if (header.size() != 1) return "";
  for (const char separator : {';', '\t', ',', '|'}) {
    if (header[0].find(separator) == std::string::npos) continue;
    const std::string name = separator == '\t' ? "\\t" : std::string(1, separator);
    return fmt::format("; if its columns end at \"{0}\", set delimiter = \"{0}\"", name);
  }
  return "";
}

// nullopt where the header lacks it. Without a header a name may be a number.
std::optional<size_t> cell_of(const Column& column, const RowContext& context) {
  if (const int64_t* number = std::get_if<int64_t>(&column)) return *number - 1;
  const std::string& name = std::get<std::string>(column);
  if (context.header.empty()) {
    const std::optional<int64_t> number = number_of(name);
    return number && *number > 0 ? std::optional<size_t>(*number - 1) : std::nullopt;
  }
  const auto found = std::find(context.header.begin(), context.header.end(), name);
  if (found == context.header.end()) return std::nullopt;
  return found - context.header.begin();
}

void refuse_twice(const Column& column, const RowContext& context) {
  const std::string* name = std::get_if<std::string>(&column);
  if (!name || std::ranges::count(context.header, *name) < 2) return;
  throw_<DataError>(
      "{}:1: the header has the column \"{}\" twice; give the number of the one you mean, from 1 "
      "on",
      context.file, *name);
}

}  // namespace

std::string to_string(const Column& column) {
  return std::visit([](const auto& value) { return fmt::format("{}", value); }, column);
}

std::string root_of(const Column& column) {
  const std::string path = to_string(column);
  return path.substr(0, path.find_first_of(".["));
}

std::optional<JsonValue> at_path(const JsonValue& value, std::string_view path) {
  if (path.empty()) return value;
  const size_t dot = path.find('.');
  const std::string_view step = path.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  std::optional<JsonValue> found;
  if (value.is_array()) {
    const std::optional<int64_t> number = number_of(step);
    if (!number) return of_each(value, path);
    found = element_at(value, *number);
  } else if (value.is_object()) {
    if (const auto place = value.find(step); place != value.end()) {
      found = *place;
    } else if (step.find('[') != std::string_view::npos) {
      found = matching(value, step);
    }
  }
  return found ? at_path(*found, rest) : std::nullopt;
}

size_t position_of(const Column& column, const RowContext& context) {
  if (const std::optional<size_t> cell = cell_of(column, context)) {
    refuse_twice(column, context);
    return *cell;
  }
  throw_<DataError>("{}:1: the header has no column \"{}\": {}{}", context.file, to_string(column),
                    did_you_mean(to_string(column), context.header),
                    separators_hint(context.header));
}

std::string Row::read_json_columns() {
  JsonValue parsed = JsonValue::object();
  for (const std::string& name : context_.json_columns) {
    const std::optional<std::string> text = this->text(name);
    if (!text) continue;  // a missing column, or JSON already
    parsed[name] = JsonValue::parse(*text, nullptr, false);
    if (parsed[name].is_discarded()) return name;
  }
  if (!parsed.empty()) objects_.insert(objects_.begin(), std::move(parsed));
  return "";
}

std::optional<JsonValue> Row::in_objects(const Column& column) const {
  const std::string path = to_string(column);
  for (const JsonValue& object : objects_) {
    if (std::optional<JsonValue> found = at_path(object, path)) return found;
  }
  return std::nullopt;
}

bool Row::has(const Column& column) const {
  return in_objects(column) || (!cells_.empty() && cell_of(column, context_));
}

std::optional<JsonValue> Row::find(const Column& column) const {
  if (std::optional<JsonValue> found = in_objects(column)) return found;
  if (cells_.empty()) return std::nullopt;
  const std::optional<size_t> cell = cell_of(column, context_);
  if (cell) refuse_twice(column, context_);
  if (cell) return *cell < cells_.size() ? std::optional<JsonValue>(cells_[*cell]) : std::nullopt;
  const auto has_root = [&](const JsonValue& object) { return object.contains(root_of(column)); };
  if (std::any_of(objects_.begin(), objects_.end(), has_root)) return std::nullopt;
  return cells_[position_of(column, context_)];  // throws
}

std::optional<std::string> Row::text(const Column& column) const {
  const std::optional<JsonValue> found = find(column);
  return found ? text_of(*found) : std::nullopt;
}

std::optional<std::vector<std::string>> Row::texts(const Column& column) const {
  const std::optional<JsonValue> found = find(column);
  if (!found || !found->is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const JsonValue& element : *found) {
    std::optional<std::string> text = text_of(element);
    if (!text) return std::nullopt;
    texts.push_back(*std::move(text));
  }
  return texts;
}

}  // namespace dovetail
