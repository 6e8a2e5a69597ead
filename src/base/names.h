// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// The known name with the smallest edit distance; "" when more than a third of the letters (and
// more than two) differ from each.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

// The text that follows "unknown ...: " in an error: did you mean "x"? (known: a, b, c).
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

// Matches a glob: * stands for any text, slashes included, and ? for one character.
bool glob_matches(std::string_view glob, std::string_view name);

// "1 row", "2 rows".
std::string counted(int64_t count, const std::string& noun);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);

}  // namespace dovetail
