// SPDX-License-Identifier: Apache-2.0
#include "base/strict_toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/near_path.h"
#include "base/toml_text.h"

namespace dovetail {

struct StrictToml::Document {
  toml::table table;
};

namespace {

std::string place(const std::filesystem::path& file, const toml::source_position& position) {
  return fmt::format("{}:{}:{}", file.string(), std::max<uint32_t>(1, position.line),
                     std::max<uint32_t>(1, position.column));
}

void check_keys(const std::filesystem::path& file, const toml::table& table,
                const std::string& path, const std::vector<std::string>& known) {
  for (const auto& [key, node] : table) {
    const std::string name = path + std::string(key.str());
    const auto begins = [&](const std::string& other) { return other.starts_with(name + "."); };
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (std::find(known.begin(), known.end(), path + "*") != known.end()) continue;
    if (!node.is_table() || std::none_of(known.begin(), known.end(), begins)) {
      throw_<ConfigError>("{}: unknown key \"{}\": {}", place(file, key.source().begin), name,
                          did_you_mean(name, known));
    }
    check_keys(file, *node.as_table(), name + ".", known);
  }
}

}  // namespace

StrictToml::StrictToml(const std::filesystem::path& file,
                       const std::vector<std::string>& known_keys)
    : file_(file), document_(std::make_unique<Document>()) {
  if (!std::filesystem::is_regular_file(file)) {
    throw_<ConfigError>("{}: no such file{}", file.string(), near_path_hint(file));
  }
  try {
    const std::string text = read_file(file);
    check_toml_text(text, file.string());
    document_->table = toml::parse(text, file.string());
  } catch (const toml::parse_error& error) {
    throw_<ConfigError>("{}: this is no valid TOML: {}", place(file, error.source().begin),
                        error.description());
  }
  check_keys(file, document_->table, "", known_keys);
}

StrictToml::~StrictToml() = default;

void StrictToml::fail(const std::string& key, const std::string& message) const {
  const auto node = document_->table.at_path(key);
  const toml::source_position at = node ? node.node()->source().begin : toml::source_position{1, 1};
  throw_<ConfigError>("{}: {}", place(file_, at), message);
}

bool StrictToml::has(const std::string& key) const {
  return static_cast<bool>(document_->table.at_path(key));
}

std::string StrictToml::text(const std::string& key) const {
  if (!has(key)) fail(key, fmt::format("expected the key \"{}\", which is missing", key));
  return text(key, "");
}

std::string StrictToml::text(const std::string& key, const std::string& otherwise) const {
  if (!has(key)) return otherwise;
  const auto found = document_->table.at_path(key).value_exact<std::string>();
  if (!found) fail(key, fmt::format("{} must be a text in quotes", key));
  return *found;
}

bool StrictToml::flag(const std::string& key, bool otherwise) const {
  if (!has(key)) return otherwise;
  const auto found = document_->table.at_path(key).value_exact<bool>();
  if (!found) fail(key, fmt::format("{} must be true or false", key));
  return *found;
}

std::optional<double> StrictToml::number(const std::string& key) const {
  if (!has(key)) return std::nullopt;
  const auto node = document_->table.at_path(key);
  if (!node.is_number()) fail(key, fmt::format("{} must be a number", key));
  return node.value<double>();
}

std::vector<std::string> StrictToml::texts(const std::string& key) const {
  std::vector<std::string> found;
  if (!has(key)) return found;
  const toml::array* array = document_->table.at_path(key).as_array();
  if (!array) fail(key, fmt::format("{} must be a list of texts", key));
  for (const toml::node& node : *array) {
    const auto text = node.value_exact<std::string>();
    if (!text) fail(key, fmt::format("{} must be a list of texts", key));
    found.push_back(*text);
  }
  return found;
}

std::vector<std::string> StrictToml::text_or_texts(const std::string& key) const {
  if (has(key) && document_->table.at_path(key).is_string()) return {text(key)};
  return texts(key);
}

std::variant<int64_t, std::string> StrictToml::number_or_text(const std::string& key,
                                                              int64_t otherwise) const {
  if (!has(key)) return otherwise;
  const auto node = document_->table.at_path(key);
  if (const auto number = node.value_exact<int64_t>()) return *number;
  if (const auto text = node.value_exact<std::string>()) return *text;
  fail(key, fmt::format("{} must be a whole number or a text", key));
}

std::vector<std::variant<int64_t, std::string>> StrictToml::numbers_or_texts(
    const std::string& key) const {
  if (!has(key)) return {};
  const toml::array* array = document_->table.at_path(key).as_array();
  if (!array) return {number_or_text(key, 0)};
  std::vector<std::variant<int64_t, std::string>> found;
  for (const toml::node& node : *array) {
    if (const auto number = node.value_exact<int64_t>()) {
      found.emplace_back(*number);
    } else if (const auto text = node.value_exact<std::string>()) {
      found.emplace_back(*text);
    } else {
      fail(key, fmt::format("{} must be a list of whole numbers or texts", key));
    }
  }
  return found;
}

bool StrictToml::is_text(const std::string& key) const {
  return document_->table.at_path(key).is_string();
}

int64_t StrictToml::version() const {
  const double version = number("version").value_or(0);
  if (version < 1 || version != std::floor(version)) {
    fail("version", "version must be a whole number from 1 on");
  }
  return static_cast<int64_t>(version);
}

std::map<std::string, std::string> StrictToml::text_table(const std::string& key) const {
  std::map<std::string, std::string> found;
  if (!has(key)) return found;
  const toml::table* table = document_->table.at_path(key).as_table();
  if (!table) fail(key, fmt::format("{} must be a table", key));
  for (const auto& [name, node] : *table) {
    const auto text = node.value_exact<std::string>();
    if (!text) {
      throw_<ConfigError>("{}: {} must be a text in quotes", place(file_, node.source().begin),
                          name.str());
    }
    found[std::string(name.str())] = *text;
  }
  return found;
}

}  // namespace dovetail
