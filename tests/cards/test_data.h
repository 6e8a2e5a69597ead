// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/scratch_folder.h"

namespace dovetail {

// The folder of a published data set, which is not part of the project: $DOVETAIL_TEST_DATA/NAME,
// or the archive NAME.tar.xz in ../shared/data, unpacked into `scratch`. "" if it is in neither.
inline std::filesystem::path test_data(const std::string& name, const ScratchFolder& scratch) {
  namespace fs = std::filesystem;
  if (const char* folder = std::getenv("DOVETAIL_TEST_DATA"); folder && *folder) {
    if (fs::is_directory(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  const fs::path shared = fs::path(DOVETAIL_SOURCE_DIR).parent_path() / "shared/data";
  const fs::path archive = shared / (name + ".tar.xz");
  if (!fs::exists(archive)) return {};
  const std::string command =
      "tar -xJf '" + archive.string() + "' -C '" + scratch.path().string() + "'";
  return std::system(command.c_str()) == 0 ? scratch.path() / name : fs::path();
}

inline std::string missing(const std::string& name) {
  return name + " is not here: set DOVETAIL_TEST_DATA to the folder above it";
}

}  // namespace dovetail
