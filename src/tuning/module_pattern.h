// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <regex>
#include <string>

namespace dovetail {

// A regular expression over names of modules, written for Python's `re` and run by std::regex. The
// two read most patterns alike.
class ModulePattern {
 public:
  // Throws ConfigError, beginning with `where`, for a pattern that is none, and for what std::regex
  // reads in another way or not at all: named groups, flags, look-behind, references to groups,
  // escapes of letters other than \d \w \s \b and their opposites, possessive quantifiers, sets
  // that begin with ] or hold another [.
  ModulePattern(const std::string& pattern, const std::string& where);

  // re.fullmatch
  bool matches(const std::string& name) const;

  // re.match, which is content with a beginning of the name: the text of the last group, empty
  // where it took no part in the match.
  std::optional<std::string> last_group(const std::string& name) const;

 private:
  std::regex regex_;
};

}  // namespace dovetail
