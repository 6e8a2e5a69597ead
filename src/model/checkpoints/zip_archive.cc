// SPDX-License-Identifier: Apache-2.0
// PKWARE's APPNOTE.TXT: 4.3.7 local headers, 4.3.12 central directory, 4.3.14 to 4.3.16 its end,
// 4.5.3 the zip64 extra field.
#include "model/checkpoints/zip_archive.h"

#include "model/checkpoints/byte_reader.h"

namespace dovetail {

namespace {

constexpr uint64_t kAbsent16 = 0xffff, kAbsent32 = 0xffffffff;  // "see the zip64 field"
constexpr size_t kEndBytes = 22, kLocatorBytes = 20;

struct Directory {
  uint64_t num_entries = 0, num_bytes = 0, offset = 0;
};

struct ZipEntry {
  std::string name;
  uint64_t flags = 0, method = 0, packed = 0, size = 0, offset = 0;
};

// The record at the end may be followed by a comment of up to 65,535 bytes.
size_t find_end(std::string_view bytes, const ByteReader& in) {
  const std::string_view signature("PK\x05\x06", 4);
  for (size_t at = bytes.rfind(signature);
       at != std::string_view::npos && at + 65557 >= bytes.size();
       at = at == 0 ? std::string_view::npos : bytes.rfind(signature, at - 1)) {
    if (bytes.size() - at < kEndBytes) continue;
    if (at + kEndBytes + ByteReader(bytes, in.file(), at + 20).number(2) == bytes.size()) return at;
  }
  in.refuse("the directory at the end of its zip archive is missing");
}

Directory zip64_directory(std::string_view bytes, size_t end, const ByteReader& in) {
  if (end < kLocatorBytes) in.refuse("its zip64 directory is missing");
  ByteReader locator(bytes, in.file(), end - kLocatorBytes);
  if (locator.number(4) != 0x07064b50) in.refuse("its zip64 directory is missing");
  locator.take(4);
  ByteReader record(bytes, in.file(), locator.number(8));
  if (record.number(4) != 0x06064b50) in.refuse("its zip64 directory is not where it should be");
  record.take(8 + 2 + 2 + 4 + 4 + 8);
  Directory directory;
  directory.num_entries = record.number(8);
  directory.num_bytes = record.number(8);
  directory.offset = record.number(8);
  return directory;
}

Directory find_directory(std::string_view bytes, const ByteReader& in) {
  const size_t end = find_end(bytes, in);
  ByteReader record(bytes, in.file(), end);
  record.take(10);
  Directory directory;
  directory.num_entries = record.number(2);
  directory.num_bytes = record.number(4);
  directory.offset = record.number(4);
  if (directory.num_entries == kAbsent16 || directory.num_bytes == kAbsent32 ||
      directory.offset == kAbsent32) {
    directory = zip64_directory(bytes, end, in);
  }
  if (directory.offset > end || directory.num_bytes > end - directory.offset) {
    in.refuse("the directory of its zip archive lies outside of it");
  }
  return directory;
}

void read_zip64_field(std::string_view extra, const std::string& file, ZipEntry& entry) {
  ByteReader in(extra, file);
  while (in.position() < extra.size()) {
    const uint64_t id = in.number(2);
    ByteReader field(in.take(in.number(2)), file);
    if (id != 1) continue;
    for (uint64_t* number : {&entry.size, &entry.packed, &entry.offset}) {
      if (*number == kAbsent32) *number = field.number(8);
    }
  }
}

ZipEntry read_entry(ByteReader& in) {
  if (in.number(4) != 0x02014b50) in.refuse("the directory of its zip archive is damaged");
  ZipEntry entry;
  in.take(4);
  entry.flags = in.number(2);
  entry.method = in.number(2);
  in.take(8);
  entry.packed = in.number(4);
  entry.size = in.number(4);
  const uint64_t name_bytes = in.number(2), extra_bytes = in.number(2),
                 comment_bytes = in.number(2);
  in.take(8);
  entry.offset = in.number(4);
  entry.name = in.take(name_bytes);
  read_zip64_field(in.take(extra_bytes), in.file(), entry);
  in.take(comment_bytes);
  return entry;
}

std::string_view content_of(const ZipEntry& entry, std::string_view bytes, const ByteReader& in) {
  if (entry.method != 0 || entry.packed != entry.size || (entry.flags & 1) != 0) {
    in.refuse(
        fmt::format("entry {} of its zip archive is compressed or encrypted, which PyTorch's "
                    "are not",
                    entry.name));
  }
  ByteReader local(bytes, in.file(), entry.offset);
  if (local.number(4) != 0x04034b50) {
    in.refuse(
        fmt::format("entry {} of its zip archive is not where the directory says", entry.name));
  }
  local.take(22);
  const uint64_t name_bytes = local.number(2), extra_bytes = local.number(2);
  local.take(name_bytes + extra_bytes);
  return local.take(entry.size);
}

}  // namespace

std::map<std::string, std::string_view> zip_entries(std::string_view bytes,
                                                    const std::string& file_name) {
  const ByteReader in(bytes, file_name);
  const Directory directory = find_directory(bytes, in);
  // entries must lie before the directory
  const std::string_view contents = bytes.substr(0, directory.offset);
  const std::string_view listing = bytes.substr(directory.offset, directory.num_bytes);
  ByteReader entries(listing, file_name);
  std::map<std::string, std::string_view> found;
  for (uint64_t i = 0; i < directory.num_entries; ++i) {
    const ZipEntry entry = read_entry(entries);
    if (!found.emplace(entry.name, content_of(entry, contents, in)).second) {
      in.refuse(fmt::format("its zip archive holds {} twice", entry.name));
    }
  }
  return found;
}

}  // namespace dovetail
