// SPDX-License-Identifier: Apache-2.0
#include "store/segment_summary.h"

#include <algorithm>
#include <optional>

#include "base/cbor_cursor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/journal_frames.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

using Summaries = std::vector<RecordSummary>;

constexpr std::string_view kSummaryLayout = "dovetail summaries 1";

fs::path summary_file(const JournalFile& sealed) {
  return fs::path(sealed.path).replace_extension(".summary");
}

// Tells a segment from what it was before: whoever replaces one leaves frames out, so the size
// suffices. The ends, which hold keys and checksums, tell it from segments of other journals. A bit
// that flips between them is found by those who read the records.
std::string identity_of_segment(std::string_view bytes) {
  constexpr size_t kEnd = 4096;
  const size_t tail = bytes.size() - std::min(kEnd, bytes.size());
  return fmt::format("{} {}", bytes.size(),
                     content_hash(std::string(bytes.substr(0, kEnd)).append(bytes.substr(tail))));
}

Summaries summaries_of_bytes(std::string_view bytes, const fs::path& file) {
  Summaries summaries;
  for (const Frame& frame : scan_journal(bytes, file).frames) {
    if (frame.type == FrameType::record) summaries.push_back(summary_of(frame.payload));
  }
  return summaries;
}

// Nothing if the file is missing, damaged, of another version, or of another segment.
std::optional<Summaries> kept_summaries(const JournalFile& sealed, std::string_view segment) try {
  const MappedFile file(summary_file(sealed));
  const FrameScan scan = scan_frames(file.bytes());
  if (scan.frames.size() != 1 || scan.bytes_bad > 0) return std::nullopt;
  std::string_view layout, identity;
  Summaries summaries;
  CborCursor(scan.frames[0].payload).for_each_member([&](std::string_view key, CborCursor& value) {
    if (key == "layout") layout = value.text();
    if (key == "segment") identity = value.text();
    if (key == "records") {
      value.for_each_element([&](CborCursor& row) { summaries.push_back(summary_from_row(row)); });
    }
  });
  if (layout != kSummaryLayout || identity != identity_of_segment(segment)) return std::nullopt;
  return summaries;
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace

std::vector<RecordSummary> summaries_of_file(const JournalFile& file) {
  const JournalBytes bytes(file);
  if (file.sealed) {
    if (std::optional<Summaries> kept = kept_summaries(file, bytes.bytes()))
      return *std::move(kept);
  }
  return summaries_of_bytes(bytes.bytes(), file.path);
}

void keep_segment_summary(const JournalFile& sealed) try {
  const JournalBytes bytes(sealed);
  if (kept_summaries(sealed, bytes.bytes())) return;
  Json rows = Json::array();
  for (const RecordSummary& summary : summaries_of_bytes(bytes.bytes(), sealed.path))
    rows.push_back(row_of(summary));
  const std::vector<uint8_t> payload =
      Json::to_cbor({{"layout", kSummaryLayout},
                     {"segment", identity_of_segment(bytes.bytes())},
                     {"records", std::move(rows)}});
  write_file_atomically(
      summary_file(sealed),
      frame_bytes(FrameType::summaries,
                  {reinterpret_cast<const char*>(payload.data()), payload.size()}));
} catch (const std::exception& error) {  // a full disk, or bytes that the next opening cuts out
  log_debug("{} has no summary: {}", sealed.path.string(), error.what());
}

}  // namespace dovetail
