// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/folder.h"
#include "base/machine_failure.h"
#include "base/this_process.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

class FileDescriptor {
 public:
  FileDescriptor(const fs::path& path, int flags)
      : path_(path), writes_(flags != O_RDONLY), fd_(::open(path.c_str(), flags, 0666)) {
    if (fd_ < 0) fail("open");
  }
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (::close(std::exchange(fd_, -1)) != 0) fail("close");
  }
  [[noreturn]] void fail(const char* verb) const {
    const int error_number = errno;
    if (writes_) fail_writing(verb, path_.string(), error_number);
    fail_reading(verb, path_.string(), error_number);
  }

 private:
  fs::path path_;
  bool writes_;
  int fd_;
};

// A name that is unique on this host and among hosts that share a file system.
fs::path temporary_beside(const fs::path& target) {
  static std::atomic<int> counter = 0;
  fs::path path = target;
  path += fmt::format(".{}.{}.{}.tmp", host_name(), ::getpid(), counter++);
  return path;
}

void write_all(FileDescriptor& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) file.fail("write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

MappedFile::MappedFile(const fs::path& path) {
  FileDescriptor file(path, O_RDONLY);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) file.fail("stat");
  if (!S_ISREG(status.st_mode)) throw_<SystemError>("{} is not a regular file", path.string());
  size_ = static_cast<size_t>(status.st_size);
  if (size_ == 0) return;
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) file.fail("map");
  data_ = static_cast<const char*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

void MappedFile::forget(std::string_view bytes) const {
  const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t begin = static_cast<size_t>(bytes.data() - data_);
  const size_t first = (begin + page - 1) / page * page;
  const size_t last = (begin + bytes.size()) / page * page;
  // only advice: a kernel that ignores it keeps the pages, and nothing else changes
  if (first < last) ::madvise(const_cast<char*>(data_) + first, last - first, MADV_DONTNEED);
}

std::string read_file(const fs::path& path) {
  const MappedFile file(path);
  return std::string(file.bytes());
}

void sync_path(const fs::path& path) {
  FileDescriptor file(path, O_RDONLY);
  if (::fsync(file.get()) != 0) file.fail("fsync");
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  stream_file_atomically(path, [&](const ByteSink& sink) { sink(bytes); });
}

void stream_file_atomically(const fs::path& path,
                            const std::function<void(const ByteSink&)>& fill) {
  const fs::path temporary = temporary_beside(path);
  try {
    FileDescriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    fill([&](std::string_view bytes) { write_all(file, bytes); });
    if (::fsync(file.get()) != 0) file.fail("fsync");
    file.close();
    std::error_code error;
    fs::rename(temporary, path, error);
    if (error) fail_writing("rename a file to", path.string(), error.value());
  } catch (...) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
  sync_path(folder_of(path));
}

void publish_folder(const fs::path& target, const std::function<void(const fs::path&)>& fill) {
  const fs::path temporary = temporary_beside(target);
  make_folders(temporary);
  try {
    fill(temporary);
    for (const auto& entry : fs::recursive_directory_iterator(temporary)) sync_path(entry.path());
    sync_path(temporary);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    throw;
  }
  std::error_code error;
  fs::rename(temporary, target, error);
  if (error) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    if (!fs::exists(target)) {
      fail_writing("rename a folder to", target.string(), error.value());
    }
  }
  sync_path(folder_of(target));
}

}  // namespace dovetail
