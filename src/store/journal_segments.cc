// SPDX-License-Identifier: Apache-2.0
#include "store/journal_segments.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "store/journal_file.h"
#include "store/share_journals.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

fs::path segment_number(const fs::path& journal_folder, size_t number) {
  return journal_folder / fmt::format("segment-{:04}.bin", number);
}

// Magics are "DVT" and a digit, the version.
bool is_of_another_version(std::string_view bytes) {
  const std::string_view magic = bytes.substr(0, 4);
  return magic.size() == 4 && magic.starts_with("DVT") &&
         std::isdigit(static_cast<unsigned char>(magic[3])) != 0 && magic != kJournalMagic &&
         bytes.find(kJournalMagic) == std::string_view::npos;
}

}  // namespace

fs::path open_segment(const fs::path& journal_folder) { return journal_folder / "journal.bin"; }

std::vector<JournalFile> sealed_segments(const fs::path& journal_folder) {
  std::vector<JournalFile> files;
  for (size_t number = 1;; ++number) {
    const fs::path file = segment_number(journal_folder, number);
    if (!fs::exists(file)) return files;
    files.push_back({file, true});
  }
}

std::vector<JournalFile> journal_files(const fs::path& journal_folder) {
  std::vector<JournalFile> files = sealed_segments(journal_folder);
  files.push_back({open_segment(journal_folder), false});
  for (const std::string& share : share_names(journal_folder))
    files.push_back({open_segment(journal_folder / share), false});
  return files;
}

JournalFile seal_segment(const fs::path& journal_folder) {
  const fs::path sealed =
      segment_number(journal_folder, sealed_segments(journal_folder).size() + 1);
  std::error_code error;
  fs::rename(open_segment(journal_folder), sealed, error);
  if (error) throw_<SystemError>("cannot begin another segment: {}", error.message());
  sync_path(journal_folder);
  return {sealed, true};
}

JournalBytes::JournalBytes(const JournalFile& file) {
  if (file.sealed) {
    mapped_.emplace(file.path);
  } else if (fs::exists(file.path)) {
    read_ = read_whole(file.path);
  }
}

FrameScan scan_journal(std::string_view bytes, const fs::path& file) {
  if (is_of_another_version(bytes)) {
    throw_<DataError>(
        "{}: expected a journal of version {} and found version {}: read it with the version of "
        "dovetail that wrote it, or start a new results folder",
        file.string(), kJournalMagic.back(), bytes[3]);
  }
  return scan_frames(bytes);
}

}  // namespace dovetail
