// SPDX-License-Identifier: Apache-2.0
#include "base/checksum.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

fs::path checksum_file(fs::path file) { return file += ".xxh"; }

json checksum_of(const fs::path& file) {
  const MappedFile mapped(file);
  return {{"size", mapped.bytes().size()}, {"xxh3", content_hash(mapped.bytes())}};
}

// Files that were found whole, with their size and time then.
class WholeFiles {
 public:
  bool holds(const fs::path& file) {
    const std::lock_guard lock(mutex_);
    const auto known = files_.find(file);
    return known != files_.end() && known->second == stamp_of(file);
  }
  void add(const fs::path& file) {
    const std::lock_guard lock(mutex_);
    files_[file] = stamp_of(file);
  }

 private:
  using Stamp = std::pair<uintmax_t, fs::file_time_type>;
  static Stamp stamp_of(const fs::path& file) {
    return {fs::file_size(file), fs::last_write_time(file)};
  }

  std::mutex mutex_;
  std::map<fs::path, Stamp> files_;
};

WholeFiles& whole_files() {
  static WholeFiles files;
  return files;
}

std::string damage(const fs::path& file, const json& expected, bool sizes_only) {
  std::error_code error;
  const uintmax_t size = fs::file_size(file, error);
  if (error) return "is missing";
  if (size != expected.at("size")) {
    return fmt::format("has {} bytes where {} were written", size,
                       expected.at("size").get<uintmax_t>());
  }
  if (sizes_only || whole_files().holds(file)) return "";
  if (checksum_of(file) != expected) return "has another content than was written";
  whole_files().add(file);
  return "";
}

json read_json(const fs::path& file) { return json::parse(read_file(file), nullptr, false); }

bool is_checksum(const json& value) {
  return value.is_object() && value.contains("size") && value["size"].is_number_unsigned() &&
         value.contains("xxh3");
}

}  // namespace

void write_checksum(const fs::path& file) {
  write_file_atomically(checksum_file(file), checksum_of(file).dump() + "\n");
}

std::string damage_of_file(const fs::path& file) {
  if (!fs::exists(checksum_file(file))) return "has no checksum";
  const json expected = read_json(checksum_file(file));
  return is_checksum(expected) ? damage(file, expected, false) : "has a damaged checksum";
}

void write_folder_checksums(const fs::path& folder) {
  json sums = json::object();
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) sums[entry.path().filename().string()] = checksum_of(entry.path());
  }
  write_file_atomically(folder / kFolderChecksums, sums.dump(1) + "\n");
}

std::string damage_of_folder(const fs::path& folder, bool sizes_only) {
  if (!fs::exists(folder / kFolderChecksums)) return "";
  const json sums = read_json(folder / kFolderChecksums);
  if (!sums.is_object()) return fmt::format("{} is damaged", kFolderChecksums);
  for (const auto& [name, expected] : sums.items()) {
    if (!is_checksum(expected)) return fmt::format("{} is damaged", kFolderChecksums);
    const std::string found = damage(folder / name, expected, sizes_only);
    if (!found.empty()) return name + " " + found;
  }
  return "";
}

void publish_checked_folder(const fs::path& target,
                            const std::function<void(const fs::path&)>& fill) {
  publish_folder(target, [&](const fs::path& folder) {
    fill(folder);
    write_folder_checksums(folder);
  });
}

}  // namespace dovetail
