// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// The known name with the smallest edit distance, or "" when none is near (more than a third of
// the letters differ).
std::string nearest_name(std::string_view name, std::span<const std::string> known);

// The sentence part that follows "unknown ...": did you mean "x"? Known: a, b, c.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

// FNMATCH-style glob over slash names: * matches any run, also over slashes; ? one character.
bool glob_matches(std::string_view glob, std::string_view name);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);

}  // namespace dovetail
