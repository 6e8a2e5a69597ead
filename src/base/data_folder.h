// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace dovetail {

// Where the project's own data files are: $DOVETAIL_DATA, else data/ of the source tree this was
// built from, else data/ beside the executable. ConfigError when it is nowhere.
std::filesystem::path data_folder();

}  // namespace dovetail
