// SPDX-License-Identifier: Apache-2.0
#include "text/corpus_progress.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "base/hash.h"
#include "base/machine_failure.h"

namespace dovetail {

namespace {

constexpr size_t kSlotBytes = ProgressRecords::kBytes / 2;

// Precedes the JSON of a record.
struct SlotHeader {
  uint64_t hash = 0;  // of the fields below and the JSON
  uint64_t sequence = 0;
  uint64_t size = 0;
};

uint64_t slot_hash(const std::string& slot, size_t size) {
  return hash64(std::string_view(slot).substr(sizeof(uint64_t),
                                              sizeof(SlotHeader) - sizeof(uint64_t) + size));
}

}  // namespace

nlohmann::json ProgressRecords::read(int file) {
  nlohmann::json newest;
  for (size_t at = 0; at < 2; ++at) {
    std::string slot(kSlotBytes, '\0');
    const ssize_t count =
        ::pread(file, slot.data(), slot.size(), static_cast<off_t>(at * kSlotBytes));
    SlotHeader header;
    std::memcpy(&header, slot.data(), sizeof(header));
    const bool is_whole = count > static_cast<ssize_t>(sizeof(header)) && header.size > 0 &&
                          header.size <= kSlotBytes - sizeof(header) &&
                          header.hash == slot_hash(slot, header.size);
    if (!is_whole || header.sequence <= sequence_) continue;
    const auto record = nlohmann::json::parse(
        std::string_view(slot).substr(sizeof(header), header.size), nullptr, false);
    if (record.is_discarded()) continue;
    sequence_ = header.sequence;
    newest = record;
  }
  return newest;
}

void ProgressRecords::write(int file, const nlohmann::json& record, const std::string& what) {
  const std::string json = record.dump();
  DOVETAIL_CHECK(json.size() <= kSlotBytes - sizeof(SlotHeader));
  SlotHeader header{0, ++sequence_, json.size()};
  std::string slot(sizeof(header), '\0');
  std::memcpy(slot.data(), &header, sizeof(header));
  slot += json;
  header.hash = slot_hash(slot, json.size());
  std::memcpy(slot.data(), &header, sizeof(header));
  const off_t at = static_cast<off_t>(sequence_ % 2 * kSlotBytes);
  const ssize_t written = ::pwrite(file, slot.data(), slot.size(), at);
  if (written != static_cast<ssize_t>(slot.size()) || ::fdatasync(file) != 0) {
    fail_writing("write", "the progress of " + what, errno);
  }
}

}  // namespace dovetail
