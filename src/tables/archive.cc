// SPDX-License-Identifier: Apache-2.0
#include "tables/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <vector>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

using Archive = std::unique_ptr<archive, int (*)(archive*)>;

[[noreturn]] void fail_unpacking(archive* reader, const std::string& name) {
  const char* reason = archive_error_string(reader);
  throw_<DataError>("{}: it cannot be unpacked: {}; fetch or pack it again", name,
                    reason ? reason : "broken data");
}

Archive open_archive(std::string_view bytes, const std::string& name) {
  Archive reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_raw(reader.get());  // a single compressed file
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    fail_unpacking(reader.get(), name);
  }
  return reader;
}

std::string entry_bytes(archive* reader, const std::string& name) {
  std::string bytes;
  std::vector<char> chunk(1 << 20);
  for (;;) {
    const la_ssize_t count = archive_read_data(reader, chunk.data(), chunk.size());
    if (count == 0) return bytes;
    if (count < 0) fail_unpacking(reader, name);
    bytes.append(chunk.data(), static_cast<size_t>(count));
  }
}

// Calls `take` with the name of each file of the archive until it returns true.
void for_each_entry(archive* reader, const std::string& name, const auto& take) {
  for (archive_entry* entry = nullptr;;) {
    const int state = archive_read_next_header(reader, &entry);
    if (state == ARCHIVE_EOF) return;
    if (state != ARCHIVE_OK && state != ARCHIVE_WARN) fail_unpacking(reader, name);
    if (archive_format(reader) == ARCHIVE_FORMAT_RAW &&
        archive_filter_code(reader, 0) == ARCHIVE_FILTER_NONE) {
      fail_unpacking(reader, name);  // it only begins like a packed file
    }
    const char* path = archive_entry_pathname(entry);
    const std::string entry_name = path ? path : "";
    // macOS adds a folder with the attributes of each file
    if (archive_entry_filetype(entry) != AE_IFREG || entry_name.starts_with("__MACOSX/")) continue;
    if (take(entry_name)) return;
  }
}

std::string only_entry(const std::vector<std::string>& entries, const std::string& name) {
  if (entries.size() == 1) return entries[0];
  if (entries.empty()) throw_<DataError>("{}: there is no file in it", name);
  const std::string named = name + "/" + entries[0];
  throw_<DataError>("{}: there are {} files in it ({}); name one of them, as in \"{}\"", name,
                    entries.size(), join(entries, ", "), named);
}

}  // namespace

bool is_packed(std::string_view bytes) {
  using namespace std::literals;
  constexpr size_t kTarMagicAt = 257;
  for (const std::string_view magic :
       {"\x1f\x8b"sv, "BZh"sv, "\xfd\x37\x7a\x58\x5a\x00"sv, "\x28\xb5\x2f\xfd"sv, "PK\3\4"sv}) {
    if (bytes.starts_with(magic)) return true;
  }
  return bytes.size() > kTarMagicAt && bytes.substr(kTarMagicAt).starts_with("ustar");
}

std::string unpack(std::string_view bytes, const std::string& entry, const std::string& name) {
  std::vector<std::string> entries;
  for_each_entry(open_archive(bytes, name).get(), name, [&](const std::string& found) {
    entries.push_back(found);
    return false;
  });
  const std::string wanted = entry.empty() ? only_entry(entries, name) : entry;
  const Archive reader = open_archive(bytes, name);
  std::optional<std::string> unpacked;
  for_each_entry(reader.get(), name, [&](const std::string& found) {
    if (found == wanted) unpacked = entry_bytes(reader.get(), name);
    return unpacked.has_value();
  });
  if (!unpacked) {
    throw_<DataError>("{}: there is no file \"{}\" in it: {}", name, wanted,
                      did_you_mean(wanted, entries));
  }
  return *std::move(unpacked);
}

}  // namespace dovetail
