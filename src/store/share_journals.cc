// SPDX-License-Identifier: Apache-2.0
#include "store/share_journals.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/machine_failure.h"
#include "store/journal_file.h"
#include "store/journal_segments.h"

namespace dovetail {

namespace fs = std::filesystem;

std::string make_share_folder(const fs::path& journal_folder) {
  for (size_t number = share_names(journal_folder).size() + 1;; ++number) {
    const std::string name = fmt::format("share-{:04}", number);
    if (::mkdir((journal_folder / name).c_str(), 0777) == 0) return name;
    if (errno == EEXIST) continue;
    throw_<MachineFailure>("cannot make the folder {}: {}", (journal_folder / name).string(),
                           std::strerror(errno));
  }
}

std::vector<std::string> share_names(const fs::path& journal_folder) {
  std::vector<std::string> names;
  if (!fs::is_directory(journal_folder)) return names;
  for (const auto& entry : fs::directory_iterator(journal_folder)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("share-")) names.push_back(name);
  }
  std::ranges::sort(names, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;  // share-10000 after share-9999
  });
  return names;
}

std::vector<std::string> ShareJournals::read_new(Replay& replay) {
  std::vector<std::string> keys;
  for (const std::string& share : share_names(folder_)) {
    const fs::path file = folder_ / share / "journal.bin";
    std::error_code error;
    const auto size = fs::file_size(file, error);
    size_t& known = bytes_read_[share];
    if (share == own_ || error || size <= known) continue;
    const std::string bytes = read_from(file, known);
    const FrameScan scan = scan_journal(bytes, file);
    const std::vector<std::string> more = replay.add(scan, file.string());
    keys.insert(keys.end(), more.begin(), more.end());
    // what follows the last complete frame may still be in writing
    if (!scan.frames.empty()) known += scan.frames.back().end;
  }
  return keys;
}

}  // namespace dovetail
