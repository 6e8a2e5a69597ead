// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/scratch_folder.h"

namespace dovetail {

// The folder of a data set that tests use where it is at hand: $DOVETAIL_TEST_DATA/NAME, else
// ../shared/data/NAME.tar.xz unpacked; "" when there is neither, and the test skips.
inline std::filesystem::path shared_data(const ScratchFolder& scratch, const std::string& name) {
  namespace fs = std::filesystem;
  if (const char* folder = std::getenv("DOVETAIL_TEST_DATA"); folder && *folder) {
    return fs::is_directory(fs::path(folder) / name) ? fs::path(folder) / name : fs::path();
  }
  const fs::path archive =
      fs::path(DOVETAIL_SOURCE_DIR).parent_path() / "shared/data" / (name + ".tar.xz");
  if (!fs::exists(archive)) return {};
  const std::string command =
      "tar -xJf '" + archive.string() + "' -C '" + scratch.path().string() + "'";
  return std::system(command.c_str()) == 0 ? scratch.path() / name : fs::path();
}

}  // namespace dovetail
