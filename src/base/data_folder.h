// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace dovetail {

// The folder of the project's own data files (cards, verbalizers, lexicons). The first of these
// that exists:
//   1. $DOVETAIL_DATA; a ConfigError if it is set and is no folder
//   2. PREFIX/share/dovetail/data, for an installed executable in PREFIX/bin
//   3. data/ of the source tree that the executable was built from
//   4. data/ beside the executable
// ConfigError if there is none.
std::filesystem::path data_folder();

// The same for an executable at this path.
std::filesystem::path data_folder_of(const std::filesystem::path& executable);

}  // namespace dovetail
