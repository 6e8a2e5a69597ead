// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace dovetail {

// An open file descriptor. The constructor throws SystemError with the system's error text.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// A file that grows piece by piece. If a piece cannot be written completely (a full disk), the file
// stays as it was and append() throws SystemError.
class AppendFile {
 public:
  explicit AppendFile(const std::filesystem::path& path);
  // `durable`: the piece is on disk before this returns.
  void append(std::string_view piece, bool durable);
  int64_t size() const { return end_; }

 private:
  void write_at_end(std::string_view piece);

  Descriptor file_;
  int64_t end_ = 0;  // of the last complete piece
};

// Somebody else writes to a results folder. The message names them.
class FolderInUse : public ConfigError {
  using ConfigError::ConfigError;
};

// A lock (flock) for the lifetime of this object. The kernel releases it however the process ends.
class JournalLock {
 public:
  // One process may write, or several shares may, each to a journal of its own.
  enum class Kind { sole, shared };

  // Throws FolderInUse if other processes hold it in another kind, or one holds it alone.
  JournalLock(const std::filesystem::path& path, const std::filesystem::path& results_folder,
              Kind kind = Kind::sole);

  // Whether the folder's file system has such locks.
  static bool is_supported(const std::filesystem::path& folder);
  // "process P on host H"; "" if no process holds it.
  static std::string holder(const std::filesystem::path& path);

 private:
  Descriptor file_;
};

// Reads a file from a byte on without mapping it, so that another process may shorten it meanwhile.
std::string read_from(const std::filesystem::path& path, size_t offset);
inline std::string read_whole(const std::filesystem::path& path) { return read_from(path, 0); }

}  // namespace dovetail
