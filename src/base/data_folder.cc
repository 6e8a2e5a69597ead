// SPDX-License-Identifier: Apache-2.0
#include "base/data_folder.h"

#include <cstdlib>
#include <vector>

#include "base/error.h"

namespace dovetail {

namespace fs = std::filesystem;

fs::path data_folder() {
  std::error_code ignored;
  return data_folder_of(fs::read_symlink("/proc/self/exe", ignored));
}

fs::path data_folder_of(const fs::path& executable) {
  if (const char* named = std::getenv("DOVETAIL_DATA"); named && *named) {
    if (fs::is_directory(named)) return named;
    throw_<ConfigError>("DOVETAIL_DATA names {}, which is no folder: set it to the project's data/",
                        named);
  }
  const fs::path folder = executable.parent_path();
  std::vector<fs::path> candidates;
  if (folder.filename() == "bin") {
    candidates.push_back(folder.parent_path() / "share" / "dovetail" / "data");
  }
  candidates.insert(candidates.end(), {fs::path(DOVETAIL_DATA_FOLDER), folder / "data"});
  std::string tried;
  for (const fs::path& candidate : candidates) {
    std::error_code ignored;
    if (fs::is_directory(candidate, ignored)) return candidate;
    tried += (tried.empty() ? "" : ", ") + candidate.string();
  }
  throw_<ConfigError>("the project's data folder is at none of {}: set DOVETAIL_DATA to it", tried);
}

}  // namespace dovetail
