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

  // Lets the kernel drop the pages within these bytes of the file from memory; a later access reads
  // them again.
  void forget(std::string_view bytes) const;

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// The whole file. Throws SystemError when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// Writes beside the target, fsyncs, renames over the target and fsyncs the folder. Readers see the
// old file or the whole new one. Throws SystemError (for a full disk, among others) and leaves no
// partial file.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// The same for bytes that need not be in memory all at once: `fill` passes one chunk after the
// other to its sink.
using ByteSink = std::function<void(std::string_view)>;
void stream_file_atomically(const std::filesystem::path& path,
                            const std::function<void(const ByteSink&)>& fill);

// Fills a folder beside the target, then renames it into place. If another process published the
// target first, its folder stays and this one is removed; both were made from the same key.
void publish_folder(const std::filesystem::path& target,
                    const std::function<void(const std::filesystem::path&)>& fill);

// fsyncs a file or folder, so that a rename survives a power failure.
void sync_path(const std::filesystem::path& path);

}  // namespace dovetail
