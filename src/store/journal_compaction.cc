// SPDX-License-Identifier: Apache-2.0
#include "store/journal_compaction.h"

#include <string>
#include <unordered_map>

#include "base/file.h"
#include "base/log.h"
#include "store/journal_segments.h"
#include "store/record_summary.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// What a replay of all files keeps: the place of each key's record, and the open begins.
class KeptFrames {
 public:
  void add(size_t file, const FrameScan& scan) {
    for (const Frame& frame : scan.frames) {
      switch (frame.type) {
        case FrameType::record: add_record({file, frame.begin}, summary_of(frame.payload)); break;
        case FrameType::begin: ++open_begins_[std::string(frame.payload)]; break;
        case FrameType::release: end(std::string(frame.payload)); break;
        case FrameType::claim:
        case FrameType::summaries: break;
      }
    }
  }

  // All frames of a job with an open begin stay, as they are counted together.
  bool has(size_t file, const Frame& frame) const {
    if (frame.type == FrameType::begin || frame.type == FrameType::release)
      return open_begins_.contains(std::string(frame.payload));
    if (frame.type != FrameType::record) return true;
    const std::string key = summary_of(frame.payload).key;
    return open_begins_.contains(key) || places_.at(key).place == Place{file, frame.begin};
  }

 private:
  using Place = std::pair<size_t, size_t>;  // the file, and the byte in it
  struct RecordPlace {
    Place place;
    RunStatus status = RunStatus::failed;
  };

  void add_record(const Place& place, const RecordSummary& record) {
    if (record.status != RunStatus::crashed) end(record.key);
    const auto [known, is_new] = places_.try_emplace(record.key);
    if (is_new || known->second.status != RunStatus::finished)
      known->second = {place, record.status};
  }

  void end(const std::string& key) {
    const auto found = open_begins_.find(key);
    if (found != open_begins_.end() && --found->second == 0) open_begins_.erase(found);
  }

  std::unordered_map<std::string, RecordPlace> places_;
  std::unordered_map<std::string, int64_t> open_begins_;
};

// Returns the number of bytes freed.
int64_t compact_segment(size_t number, const JournalFile& file, const KeptFrames& kept) {
  const JournalBytes mapped(file);
  const std::string_view bytes = mapped.bytes();
  const FrameScan scan = scan_journal(bytes, file.path);
  std::string left;
  for (const Frame& frame : scan.frames) {
    if (kept.has(number, frame)) left += bytes.substr(frame.begin, frame.end - frame.begin);
  }
  if (scan.bytes_bad > 0 || 2 * left.size() > bytes.size()) return 0;  // damage is not ours to drop
  write_file_atomically(file.path, left);
  return static_cast<int64_t>(bytes.size() - left.size());
}

}  // namespace

int64_t compact_journal(const fs::path& journal_folder) {
  const size_t num_sealed = sealed_segments(journal_folder).size();
  if (num_sealed == 0) return 0;
  const std::vector<JournalFile> files = journal_files(journal_folder);
  KeptFrames kept;
  for (size_t i = 0; i < files.size(); ++i)
    kept.add(i, scan_journal(JournalBytes(files[i]).bytes(), files[i].path));
  int64_t freed = 0;
  for (size_t i = 0; i < num_sealed; ++i) freed += compact_segment(i, files[i], kept);
  if (freed > 0) log_info("{}: {} bytes compacted", journal_folder.string(), freed);
  return freed;
}

}  // namespace dovetail
