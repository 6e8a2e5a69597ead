// SPDX-License-Identifier: Apache-2.0
#include "sweep/toml_table.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/names.h"
#include "base/near_path.h"
#include "base/toml_text.h"

namespace dovetail {

namespace {

std::string printed(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15
             ? fmt::format("{}", static_cast<int64_t>(value))
             : fmt::format("{}", value);
}

[[noreturn]] void fail_type(const toml::node& node, const std::string& what, const char* expected) {
  fail_at(node.source(), fmt::format("{} must be {}, not {}", what, expected, kind_of(node)));
}

void check_range(const toml::node& node, const std::string& what, double value,
                 const NumberRange& range) {
  if (range.holds(value)) return;
  fail_at(node.source(), fmt::format("{} must be {}, not {}", what, range.words, printed(value)));
}

constexpr NumberRange kAny = {"a number"};

Json like_each(const toml::node& node, const Json& example, const std::string& what) {
  if (!node.is_array()) fail_type(node, what, "a list");
  Json json = Json::array();
  for (const toml::node& element : *node.as_array()) {
    if (example.empty()) fail_at(node.source(), what + " takes no values");
    json.push_back(like(element, example.front(), "each element of " + what));
  }
  return json;
}

// Without an example, the value keeps the type that it has in TOML.
Json any_value(const toml::node& node, const std::string& what) {
  if (node.is_integer()) return whole_number(node, what, kAny);
  if (node.is_floating_point()) return real_number(node, what, kAny);
  if (node.is_boolean()) return truth(node, what);
  return text(node, what);
}

Json like_table(const toml::node& node, const Json& example, const std::string& what) {
  std::vector<std::string> known;
  for (const auto& [key, value] : example.items()) known.push_back(key);
  if (known.empty() && node.is_table()) {
    for (const auto& [key, value] : *node.as_table()) known.emplace_back(key.str());
  }
  const TomlTable table(node, what, known);
  Json json = Json::object();
  for (const auto& [key, value] : *node.as_table()) {
    const std::string name(key.str());
    json[name] = example.contains(name) ? like(value, example[name], table.name_of(name))
                                        : any_value(value, table.name_of(name));
  }
  return json;
}

// Keys of former versions and their present names.
constexpr std::pair<const char*, const char*> kRenamedKeys[] = {
    {"heads", "examples"},      {"tails", "references"},         {"pieces", "vocab_size"},
    {"pack", "pack_sequences"}, {"race_heads", "race_examples"},
};

// The present name of a key, if it was renamed and the table knows the new one.
const char* new_name_of(std::string_view key, const std::vector<std::string>& known) {
  for (const auto& [before, now] : kRenamedKeys) {
    if (key == before && std::find(known.begin(), known.end(), now) != known.end()) return now;
  }
  return nullptr;
}

}  // namespace

toml::table parse_toml(const std::string& text, const std::filesystem::path& file) try {
  check_toml_text(text, file.string());
  return toml::parse(text, file.string());
} catch (const toml::parse_error& error) {
  fail_at(error.source(), std::string(error.description()));
}

void fail_at(const toml::source_region& place, const std::string& message) {
  // the file itself, and tables that no line opens, have no position
  const auto line = std::max<toml::source_index>(place.begin.line, 1);
  const auto column = std::max<toml::source_index>(place.begin.column, 1);
  throw_<ConfigError>("{}:{}:{}: {}", place.path ? *place.path : std::string("sweep file"), line,
                      column, message);
}

std::string kind_of(const toml::node& node) {
  if (node.is_string()) return "a text";
  if (node.is_integer()) return "a whole number";
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_boolean()) return "true or false";
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "a date or time";
}

bool NumberRange::holds(double value) const {
  if (!std::isfinite(value)) return false;
  return (without_low ? value > low : value >= low) &&
         (without_high ? value < high : value <= high);
}

int64_t whole_number(const toml::node& node, const std::string& what, const NumberRange& range) {
  if (!node.is_integer()) fail_type(node, what, "a whole number");
  const int64_t value = node.as_integer()->get();
  check_range(node, what, static_cast<double>(value), range);
  return value;
}

double real_number(const toml::node& node, const std::string& what, const NumberRange& range) {
  if (!node.is_number()) fail_type(node, what, "a number");
  const double value = node.is_integer() ? static_cast<double>(node.as_integer()->get())
                                         : node.as_floating_point()->get();
  check_range(node, what, value, range);
  return value;
}

bool truth(const toml::node& node, const std::string& what) {
  if (!node.is_boolean()) fail_type(node, what, "true or false");
  return node.as_boolean()->get();
}

std::string text(const toml::node& node, const std::string& what) {
  if (!node.is_string()) fail_type(node, what, "a text");
  if (node.as_string()->get().empty()) fail_at(node.source(), what + " must not be empty");
  return node.as_string()->get();
}

const toml::array& list(const toml::node& node, const std::string& what) {
  if (!node.is_array()) fail_type(node, what, "a list");
  if (node.as_array()->empty()) {
    fail_at(node.source(), what + " is empty; it needs at least one value");
  }
  return *node.as_array();
}

std::string known_name(const toml::node& node, const std::string& noun,
                       const std::vector<std::string>& known) {
  const std::string name = text(node, noun);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    fail_at(node.source(),
            fmt::format("unknown {} \"{}\"; {}", noun, name, did_you_mean(name, known)));
  }
  return name;
}

Json like(const toml::node& node, const Json& example, const std::string& what) {
  switch (example.type()) {
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return whole_number(node, what, kAny);
    case Json::value_t::number_float: return real_number(node, what, kAny);
    case Json::value_t::boolean: return truth(node, what);
    case Json::value_t::string: return text(node, what);
    case Json::value_t::array: return like_each(node, example, what);
    case Json::value_t::object: return like_table(node, example, what);
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded: break;
  }
  fail_at(node.source(), what + " cannot be set in a sweep file");
}

TomlTable::TomlTable(const toml::node& node, std::string where,
                     const std::vector<std::string>& known)
    : table_(node.as_table()), where_(std::move(where)) {
  if (!table_) fail_type(node, where_, "a table");
  const toml::key* unknown = nullptr;  // the first in the file; the table is sorted by name
  for (const auto& [key, value] : *table_) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    const auto begin = key.source().begin;
    if (!unknown || begin < unknown->source().begin) unknown = &key;
  }
  if (!unknown) return;
  if (const char* now = new_name_of(unknown->str(), known)) {
    fail_at(unknown->source(), fmt::format("the key \"{}\" of {} is now called \"{}\"; rename it",
                                           unknown->str(), where_, now));
  }
  fail_at(unknown->source(), fmt::format("unknown key \"{}\" in {}; {}", unknown->str(), where_,
                                         did_you_mean(unknown->str(), known)));
}

const toml::node* TomlTable::find(const std::string& key) const { return table_->get(key); }

const toml::node& TomlTable::at(const std::string& key) const {
  if (const toml::node* node = find(key)) return *node;
  fail_at(place(), fmt::format("{} lacks the key \"{}\"", where_, key));
}

std::string TomlTable::name_of(const std::string& key) const { return key + " of " + where_; }

void TomlTable::read(const std::string& key, int64_t& value, const NumberRange& range) const {
  if (const toml::node* node = find(key)) value = whole_number(*node, name_of(key), range);
}

void TomlTable::read(const std::string& key, double& value, const NumberRange& range) const {
  if (const toml::node* node = find(key)) value = real_number(*node, name_of(key), range);
}

void TomlTable::read(const std::string& key, bool& value) const {
  if (const toml::node* node = find(key)) value = truth(*node, name_of(key));
}

void TomlTable::read_name(const std::string& key, std::string& value,
                          const std::vector<std::string>& known) const {
  if (const toml::node* node = find(key)) value = known_name(*node, key, known);
}

std::filesystem::path find_path(const std::filesystem::path& given,
                                const std::filesystem::path& sweep_file) {
  for (const auto& base : {sweep_file.parent_path(), std::filesystem::path()}) {
    const std::filesystem::path path = std::filesystem::absolute(base / given);
    std::error_code ignored;  // a path that cannot be looked at is not there
    if (std::filesystem::exists(path, ignored)) return path.lexically_normal();
  }
  return {};
}

std::string path_hint(const std::filesystem::path& given, const std::filesystem::path& sweep_file) {
  const std::filesystem::path folders[] = {sweep_file.parent_path(), std::filesystem::path()};
  return near_path_hint(given, std::span(folders));
}

}  // namespace dovetail
