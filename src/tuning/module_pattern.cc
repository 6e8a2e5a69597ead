// SPDX-License-Identifier: Apache-2.0
#include "tuning/module_pattern.h"

#include <cctype>
#include <string_view>

#include "base/error.h"

namespace dovetail {

namespace {

// What std::regex would read in another way than Python; "" for nothing. `rest` begins at a
// character outside a set.
std::string_view misread_group(std::string_view rest) {
  if (!rest.starts_with("(?")) return "";
  const char kind = rest.size() > 2 ? rest[2] : ' ';
  return kind == ':' || kind == '=' || kind == '!' ? "" : "a group of the form (?...";
}

std::string_view misread_escape(std::string_view rest) {
  const char escaped = rest.size() > 1 ? rest[1] : 'x';
  const bool alike = std::string_view("dDwWsSbB").find(escaped) != std::string_view::npos ||
                     std::isalnum(static_cast<unsigned char>(escaped)) == 0;
  return alike ? "" : "an escape";
}

std::string_view misread_set(std::string_view rest) {
  return rest.starts_with("[]") || rest.starts_with("[^]") ? "a set that begins with ]" : "";
}

bool is_possessive(std::string_view rest) {
  return rest.find_first_of("*+?}") == 0 && rest.substr(1).starts_with('+');
}

std::string_view misread(std::string_view pattern) {
  for (bool in_set = false; !pattern.empty(); pattern.remove_prefix(1)) {
    std::string_view found;
    if (pattern[0] == '\\') {
      found = misread_escape(pattern);
      pattern.remove_prefix(found.empty() ? 1 : 0);
    } else if (in_set) {
      in_set = pattern[0] != ']';
      found = pattern[0] == '[' ? "a [ within a set" : "";
    } else if (pattern[0] == '[') {
      in_set = true;
      found = misread_set(pattern);
    } else if (pattern[0] == '(') {
      found = misread_group(pattern);
    } else if (is_possessive(pattern)) {
      found = "a possessive quantifier";
    }
    if (!found.empty()) return found;
  }
  return "";
}

std::regex compiled(const std::string& pattern, const std::string& where) {
  if (const std::string_view found = misread(pattern); !found.empty()) {
    throw_<ConfigError>(
        "{}: the regular expression \"{}\" has {}, which is not supported; write it without", where,
        pattern, found);
  }
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw_<ConfigError>("{}: \"{}\" cannot be read as a regular expression: {}", where, pattern,
                        error.what());
  }
}

}  // namespace

ModulePattern::ModulePattern(const std::string& pattern, const std::string& where)
    : regex_(compiled(pattern, where)) {}

bool ModulePattern::matches(const std::string& name) const {
  return std::regex_match(name, regex_);
}

std::optional<std::string> ModulePattern::last_group(const std::string& name) const {
  std::smatch match;
  if (!std::regex_search(name, match, regex_, std::regex_constants::match_continuous)) return {};
  return match[regex_.mark_count()].str();
}

}  // namespace dovetail
