// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "plan/job.h"

// Strict reading of TOML: a key that nobody asks for is an error with its place. toml++ is slow to
// compile, so no other room includes this header.
namespace dovetail {

// Throws ConfigError "FILE:LINE:COLUMN: ..." for text that is no TOML.
toml::table parse_toml(const std::string& text, const std::filesystem::path& file);

// Throws ConfigError with the place in front of the message.
[[noreturn]] void fail_at(const toml::source_region& place, const std::string& message);

// "a string", "a list", ...
std::string kind_of(const toml::node& node);

// The numbers that a key may have, and the words for them.
struct NumberRange {
  const char* words;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool without_low = false;
  bool without_high = false;

  bool holds(double value) const;
};
inline constexpr NumberRange kAboveZero = {"above 0", 0, 1e300, true};
inline constexpr NumberRange kZeroOrMore = {"at least 0", 0, 1e300};
inline constexpr NumberRange kOneOrMore = {"at least 1", 1, 1e15};
inline constexpr NumberRange kShare = {"above 0 and at most 1", 0, 1, true};
inline constexpr NumberRange kDropout = {"at least 0 and below 1", 0, 1, false, true};

// Read single values. `what` is the subject of an error's message: "steps of [pretrain]".
int64_t whole_number(const toml::node& node, const std::string& what, const NumberRange& range);
double real_number(const toml::node& node, const std::string& what, const NumberRange& range);
bool truth(const toml::node& node, const std::string& what);
std::string text(const toml::node& node, const std::string& what);
const toml::array& list(const toml::node& node, const std::string& what);  // not empty
// Reads a text that must be one of `known`; `noun` is for the message: "schedule".
std::string known_name(const toml::node& node, const std::string& noun,
                       const std::vector<std::string>& known);
// Reads a value with the type of `example`. A whole number is accepted for a number; lists are
// compared element by element, tables key by key (an empty example table takes any keys).
Json like(const toml::node& node, const Json& example, const std::string& what);

// A table whose keys are all known. A key that was renamed is refused with its new name. read()
// leaves the value unchanged when its key is absent.
class TomlTable {
 public:
  // `where` names the table in messages: "[tune]".
  TomlTable(const toml::node& node, std::string where, const std::vector<std::string>& known);

  const toml::node* find(const std::string& key) const;
  const toml::node& at(const std::string& key) const;
  const toml::source_region& place() const { return table_->source(); }
  const std::string& where() const { return where_; }
  std::string name_of(const std::string& key) const;  // "steps of [tune]"

  void read(const std::string& key, int64_t& value, const NumberRange& range) const;
  void read(const std::string& key, double& value, const NumberRange& range) const;
  void read(const std::string& key, bool& value) const;
  void read_name(const std::string& key, std::string& value,
                 const std::vector<std::string>& known) const;

 private:
  const toml::table* table_;
  std::string where_;
};

// Makes a path of the sweep file absolute: relative to the file's folder if it exists there, else
// to the working directory. Returns "" if it exists in neither.
std::filesystem::path find_path(const std::filesystem::path& given,
                                const std::filesystem::path& sweep_file);

// What to add to an error about a path that find_path does not find: near_path_hint for the places
// where it looks.
std::string path_hint(const std::filesystem::path& given, const std::filesystem::path& sweep_file);

}  // namespace dovetail
