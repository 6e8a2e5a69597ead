// SPDX-License-Identifier: Apache-2.0
#include "base/data_folder.h"

#include <cstdlib>

#include "base/error.h"

namespace dovetail {

namespace fs = std::filesystem;

fs::path data_folder() {
  if (const char* named = std::getenv("DOVETAIL_DATA"); named && *named) {
    if (fs::is_directory(named)) return named;
    throw_<ConfigError>("DOVETAIL_DATA names {}, which is no folder: set it to the project's data/",
                        named);
  }
  const fs::path source = DOVETAIL_DATA_FOLDER;
  std::error_code ignored;
  if (fs::is_directory(source, ignored)) return source;
  const fs::path beside = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "data";
  if (fs::is_directory(beside, ignored)) return beside;
  throw_<ConfigError>(
      "found the project's data folder neither at {} nor at {}: set DOVETAIL_DATA to it",
      source.string(), beside.string());
}

}  // namespace dovetail
