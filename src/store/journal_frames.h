// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plan/record.h"
#include "plan/registration.h"

// The format of a journal: frames of bytes, and the state that they describe. No files here.
namespace dovetail {

enum class FrameType : uint32_t {
  record = 1,    // payload: CBOR of a Record
  begin = 2,     // payload: the key of an assigned job
  release = 3,   // payload: the key of a job that was given back unharmed
  claim = 4,     // payload: JSON of a Registration
  summaries = 5  // payload: CBOR, in files beside segments (store/segment_summary.h) alone
};

inline constexpr size_t kFrameHeaderBytes = 24;
inline constexpr std::string_view kJournalMagic = "DVT1";  // its digit is the journal's version

struct Frame {
  FrameType type = FrameType::record;
  std::string_view payload;
  size_t begin = 0, end = 0;  // of the whole frame, in the bytes
};

// Little-endian: uint32 magic "DVT1", uint32 type, uint64 length of the payload, uint64 checksum
// of type, length and payload; then the payload.
std::string frame_bytes(FrameType type, std::string_view payload);

// The complete frames of a journal. Bytes between them are torn (a process died while writing) or
// damaged. The magic finds the next frame and the checksum proves it, so that one flipped bit costs
// one frame.
struct FrameScan {
  std::vector<Frame> frames;
  size_t first_bad = 0;  // offset of the first bad byte; the number of bytes if there is none
  size_t bytes_bad = 0;
};
FrameScan scan_frames(std::string_view bytes);

// Replays the frames of a journal: collects records and counts open begins.
class Replay {
 public:
  // Decodes records on several threads, and returns their keys. `origin` names the file in
  // messages. Throws DataError for a frame of another version.
  std::vector<std::string> add(const FrameScan& scan, const std::string& origin);
  void add_record(Record record);
  void add_begin(const std::string& key) { ++open_begins_[key]; }
  void add_release(const std::string& key) { end(key); }
  void add_claim(Registration registration);

  const std::map<std::string, Record>& records() const { return records_; }
  std::map<std::string, Record> take_records() { return std::move(records_); }
  const Registrations& registrations() const { return registrations_; }
  Registrations take_registrations() { return std::move(registrations_); }
  int open_begins(const std::string& key) const;

 private:
  void end(const std::string& key);

  std::map<std::string, Record> records_;
  std::map<std::string, int> open_begins_;
  Registrations registrations_;
};

}  // namespace dovetail
