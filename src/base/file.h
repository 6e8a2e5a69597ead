// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace dovetail {

// A file mapped read-only into memory. Throws SystemError when it cannot be opened.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  std::string_view bytes() const { return {data_, size_}; }

  // Pages that lie wholly within these bytes of the file need not stay in memory; they are read
  // again if somebody asks.
  void forget(std::string_view bytes) const;

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// The whole file. Throws SystemError when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// Write beside the target, fsync, rename over it, fsync the folder: readers see the old file or
// the whole new one. Throws SystemError (a full disk among others) and leaves no half file.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// The same for bytes that come piece by piece, so that they need not be in memory all at once:
// `fill` passes each piece to the sink it is given.
using ByteSink = std::function<void(std::string_view)>;
void stream_file_atomically(const std::filesystem::path& path,
                            const std::function<void(const ByteSink&)>& fill);

// Fill a folder beside the target, then rename it into place; if somebody else published the
// target first, theirs stays and ours is removed (both were made from the same key).
void publish_folder(const std::filesystem::path& target,
                    const std::function<void(const std::filesystem::path&)>& fill);

// fsync of a file or folder, so that a rename survives a power cut.
void sync_path(const std::filesystem::path& path);

}  // namespace dovetail
