// SPDX-License-Identifier: Apache-2.0
#include "store/journal_frames.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/hash.h"
#include "base/parallel.h"

namespace dovetail {

namespace {

static_assert(std::endian::native == std::endian::little);

template <typename T>
T read_at(std::string_view bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

uint64_t checksum(uint32_t type, std::string_view payload) {
  return hash64(payload, (payload.size() << 8) ^ type);
}

// The complete, undamaged frame at `offset`, if there is one. Checks the length against the bytes
// that are there first, because a damaged length may be anything up to 2^64.
std::optional<Frame> frame_at(std::string_view bytes, size_t offset) {
  if (bytes.size() - offset < kFrameHeaderBytes) return std::nullopt;
  if (bytes.substr(offset, kJournalMagic.size()) != kJournalMagic) return std::nullopt;
  const auto type = read_at<uint32_t>(bytes, offset + 4);
  const auto length = read_at<uint64_t>(bytes, offset + 8);
  const size_t payload_begin = offset + kFrameHeaderBytes;
  if (length > bytes.size() - payload_begin) return std::nullopt;
  const std::string_view payload = bytes.substr(payload_begin, length);
  if (read_at<uint64_t>(bytes, offset + 16) != checksum(type, payload)) return std::nullopt;
  return Frame{static_cast<FrameType>(type), payload, offset, payload_begin + length};
}

}  // namespace

std::string frame_bytes(FrameType type, std::string_view payload) {
  const uint32_t type_number = static_cast<uint32_t>(type);
  const uint64_t length = payload.size();
  const uint64_t sum = checksum(type_number, payload);
  std::string bytes;
  bytes.reserve(kFrameHeaderBytes + payload.size());
  bytes.append(kJournalMagic);
  bytes.append(reinterpret_cast<const char*>(&type_number), sizeof(type_number));
  bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
  bytes.append(reinterpret_cast<const char*>(&sum), sizeof(sum));
  bytes.append(payload);
  return bytes;
}

FrameScan scan_frames(std::string_view bytes) {
  FrameScan scan;
  scan.first_bad = bytes.size();
  size_t offset = 0;
  while (offset < bytes.size()) {
    if (const std::optional<Frame> frame = frame_at(bytes, offset)) {
      scan.frames.push_back(*frame);
      offset = frame->end;
      continue;
    }
    const size_t next = std::min(bytes.find(kJournalMagic, offset + 1), bytes.size());
    scan.first_bad = std::min(scan.first_bad, offset);
    scan.bytes_bad += next - offset;
    offset = next;
  }
  return scan;
}

namespace {

[[noreturn]] void cannot_read(const Frame& frame, const std::string& origin,
                              const std::string& reason) {
  throw_<DataError>(
      "{}: the frame at byte {} is complete, but this version of dovetail cannot read it ({}). "
      "Read "
      "it with the version that wrote it, or start a new results folder",
      origin, frame.begin, reason);
}

Registration registration_of(const Frame& frame, const std::string& origin) try {
  return Json::parse(frame.payload).get<Registration>();
} catch (const Json::exception& error) {
  cannot_read(frame, origin, error.what());
}

Record record_of(const Frame& frame, const std::string& origin) try {
  return record_from_bytes(reinterpret_cast<const uint8_t*>(frame.payload.data()),
                           frame.payload.size());
} catch (const DataError& error) {
  cannot_read(frame, origin, error.what());
}

}  // namespace

std::vector<std::string> Replay::add(const FrameScan& scan, const std::string& origin) {
  std::vector<Record> decoded(scan.frames.size());
  parallel_for(scan.frames.size(), 64, [&](int64_t i) {
    if (scan.frames[i].type == FrameType::record) decoded[i] = record_of(scan.frames[i], origin);
  });
  std::vector<std::string> keys;
  for (size_t i = 0; i < scan.frames.size(); ++i) {
    const Frame& frame = scan.frames[i];
    switch (frame.type) {
      case FrameType::record:
        keys.push_back(decoded[i].key);
        add_record(std::move(decoded[i]));
        break;
      case FrameType::begin: add_begin(std::string(frame.payload)); break;
      case FrameType::release: add_release(std::string(frame.payload)); break;
      case FrameType::claim: add_claim(registration_of(frame, origin)); break;
      default:
        cannot_read(frame, origin,
                    fmt::format("it is of type {}", static_cast<uint32_t>(frame.type)));
    }
  }
  return keys;
}

void Replay::add_record(Record record) {
  // A crashed record belongs to no begin: the job was not started again.
  if (record.status != RunStatus::crashed) end(record.key);
  const auto [known, is_new] = records_.try_emplace(record.key);
  if (!is_new && known->second.status == RunStatus::finished) return;
  known->second = std::move(record);
  if (known->second.status != RunStatus::finished) return;
  const int64_t before = std::ssize(registrations_.records);
  registrations_.records.try_emplace(known->first, before);
}

void Replay::add_claim(Registration registration) {
  registrations_.claims.push_back(std::move(registration));
}

void Replay::end(const std::string& key) {
  const auto found = open_begins_.find(key);
  if (found == open_begins_.end()) return;
  if (--found->second == 0) open_begins_.erase(found);
}

int Replay::open_begins(const std::string& key) const {
  const auto found = open_begins_.find(key);
  return found == open_begins_.end() ? 0 : found->second;
}

}  // namespace dovetail
