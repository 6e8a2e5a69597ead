// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "store/journal_frames.h"

// The files of a journal, DIR/journal: sealed segments (segment-0001.bin, ...), then the one that
// is written, journal.bin. When journal.bin has grown to a segment it is renamed, and another one
// is begun. A sealed segment is never written again, only replaced as a whole, so readers may map
// it.
namespace dovetail {

struct JournalFile {
  std::filesystem::path path;
  bool sealed = false;
};

std::filesystem::path open_segment(const std::filesystem::path& journal_folder);
// In their order.
std::vector<JournalFile> sealed_segments(const std::filesystem::path& journal_folder);
// In the order of replay: sealed segments, the open one, and those of shares.
std::vector<JournalFile> journal_files(const std::filesystem::path& journal_folder);

// Makes the open segment the last sealed one, and returns that. Throws MachineFailure or
// SystemError.
JournalFile seal_segment(const std::filesystem::path& journal_folder);

// The bytes of one file: mapped if it is sealed. An open segment is read, because a writer that
// starts later may shorten it; none if it is missing, as it is for an instant while it is sealed.
class JournalBytes {
 public:
  explicit JournalBytes(const JournalFile& file);
  std::string_view bytes() const { return mapped_ ? mapped_->bytes() : std::string_view(read_); }

 private:
  std::optional<MappedFile> mapped_;
  std::string read_;
};

// The frames of a file's bytes. Throws DataError for a journal of another version.
FrameScan scan_journal(std::string_view bytes, const std::filesystem::path& file);

// Calls read(files) until no segment was sealed meanwhile, and returns what it returned last: so a
// reader without a lock sees every record that was there when it began.
template <typename Read>
auto of_unchanged_journal(const std::filesystem::path& journal_folder, Read read) {
  for (;;) {
    const size_t num_sealed = sealed_segments(journal_folder).size();
    auto result = read(journal_files(journal_folder));
    if (sealed_segments(journal_folder).size() == num_sealed) return result;
  }
}

}  // namespace dovetail
