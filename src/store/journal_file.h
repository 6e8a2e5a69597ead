// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dovetail {

// An open file descriptor. Every call throws SystemError with the system's own words.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// A file that grows by whole pieces: a piece that cannot be written whole (a full disk) leaves
// the file as it was.
class AppendFile {
 public:
  explicit AppendFile(const std::filesystem::path& path);
  // durable: on disk before this returns.
  void append(std::string_view piece, bool durable);

 private:
  void write_at_end(std::string_view piece);

  Descriptor file_;
  int64_t end_ = 0;  // of the last whole piece
};

// Held as long as this lives; the kernel lets go of it when the process dies, however it dies.
class JournalLock {
 public:
  // Throws ConfigError where another one holds it.
  JournalLock(const std::filesystem::path& path, const std::filesystem::path& results_folder);

  // "process P on host H", or "" where nobody holds it.
  static std::string holder(const std::filesystem::path& path);

 private:
  Descriptor file_;
};

// By reads, not by a mapping: fit for files that another process may shorten.
std::string read_whole(const std::filesystem::path& path);

}  // namespace dovetail
