// SPDX-License-Identifier: Apache-2.0
#include "jobs/local_copies.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

std::string identity_of(const fs::path& file) {
  return fmt::format("{} {} {}\n", file.string(), fs::file_size(file),
                     fs::last_write_time(file).time_since_epoch().count());
}

// By absolute path: two files of one name may have the same size and time.
std::string identity_of_all(const fs::path& original) {
  if (!fs::is_directory(original)) return identity_of(fs::absolute(original));
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::absolute(original))) {
    if (entry.is_regular_file()) files.push_back(identity_of(entry.path()));
  }
  std::ranges::sort(files);
  std::string all;
  for (const std::string& file : files) all += file;
  return all;
}

}  // namespace

fs::path LocalCopies::of(const fs::path& original) const {
  if (disk_.empty()) return original;
  try {
    const fs::path copy = disk_ / content_hash(identity_of_all(original));
    if (!fs::exists(copy)) {
      publish_folder(copy, [&](const fs::path& folder) {
        fs::copy(original, folder / original.filename(), fs::copy_options::recursive);
      });
    }
    return copy / original.filename();
  } catch (const std::exception& error) {
    log_warning("{} is read where it lies, not from {}: {}", original.string(), disk_.string(),
                error.what());
    return original;
  }
}

}  // namespace dovetail
