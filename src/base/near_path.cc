// SPDX-License-Identifier: Apache-2.0
#include "base/near_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/names.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// A folder that cannot be read has no names; a hint is not worth a second error.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, ignored), end;
       !ignored && entry != end; entry.increment(ignored)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The path with its first missing part replaced by the nearest name there; empty without one.
fs::path near_path(const fs::path& folder, const fs::path& missing) {
  fs::path there = missing.is_absolute() ? fs::path() : folder;
  std::error_code ignored;
  for (auto part = missing.begin(); part != missing.end(); ++part) {
    if (part->empty() || fs::exists(there / *part, ignored)) {
      there /= *part;
      continue;
    }
    const std::string nearest = nearest_name(part->string(), names_in(there));
    if (nearest.empty()) return {};
    fs::path found = there / nearest;
    while (++part != missing.end()) found /= *part;
    return fs::exists(found, ignored) ? found : there / nearest;
  }
  return {};
}

}  // namespace

std::string near_path_hint(const fs::path& missing) {
  return near_path_hint(missing, std::vector<fs::path>{""});
}

std::string near_path_hint(const fs::path& missing, std::span<const fs::path> folders) {
  for (const fs::path& folder : folders) {
    const fs::path near = near_path(folder, missing);
    if (!near.empty()) return fmt::format("; did you mean \"{}\"?", near.string());
  }
  return "";
}

}  // namespace dovetail
