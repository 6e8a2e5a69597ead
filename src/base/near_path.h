// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace dovetail {

// What to add to an error about a path that is not there: `; did you mean "data/messages.toml"?`,
// where a file or folder of a similar name lies in its place, else "". Looks at the first part of
// the path that is missing. A relative path is looked up from each of `folders`, in their order.
std::string near_path_hint(const std::filesystem::path& missing);
std::string near_path_hint(const std::filesystem::path& missing,
                           std::span<const std::filesystem::path> folders);

}  // namespace dovetail
