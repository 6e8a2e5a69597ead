// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace dovetail {

// Makes a folder and those above it. Throws MachineFailure.
void make_folders(const std::filesystem::path& folder);

}  // namespace dovetail
