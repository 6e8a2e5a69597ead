// SPDX-License-Identifier: Apache-2.0
#include "store/journal_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/this_process.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

int64_t size_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_<SystemError>("cannot stat: {}", std::strerror(errno));
  return status.st_size;
}

bool lock_now(int fd, int operation) {
  while (::flock(fd, operation | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return false;
    throw_<SystemError>("cannot lock: {}", std::strerror(errno));
  }
  return true;
}

std::string read_descriptor(int fd, size_t offset = 0) {
  const auto size = static_cast<size_t>(size_of(fd));
  std::string bytes(size > offset ? size - offset : 0, '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got =
        ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_<SystemError>("cannot read: {}", std::strerror(errno));
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

std::string holder_in(int fd) {
  const std::string name = read_descriptor(fd);
  return name.empty() ? "a process that has just started" : name;
}

}  // namespace

Descriptor::Descriptor(const fs::path& path, int flags)
    : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
  if (fd_ < 0) throw_<SystemError>("cannot open {}: {}", path.string(), std::strerror(errno));
}

Descriptor::~Descriptor() { ::close(fd_); }

AppendFile::AppendFile(const fs::path& path)
    : file_(path, O_RDWR | O_CREAT), end_(size_of(file_.get())) {
  // After a power cut a new file needs its name in the folder as well as its bytes.
  if (end_ == 0) sync_path(path.parent_path());
}

void AppendFile::append(std::string_view piece, bool durable) {
  try {
    write_at_end(piece);
    if (durable && ::fdatasync(file_.get()) != 0) throw SystemError(std::strerror(errno));
  } catch (const SystemError&) {
    // If this fails too, the next piece overwrites the torn one, or the next run cuts it out.
    [[maybe_unused]] const int ignored = ::ftruncate(file_.get(), end_);
    throw;
  }
  end_ += static_cast<int64_t>(piece.size());
}

void AppendFile::write_at_end(std::string_view piece) {
  int64_t at = end_;
  while (!piece.empty()) {
    const ssize_t written = ::pwrite(file_.get(), piece.data(), piece.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw SystemError(std::strerror(errno));
    piece.remove_prefix(static_cast<size_t>(written));
    at += written;
  }
}

JournalLock::JournalLock(const fs::path& path, const fs::path& results_folder, Kind kind)
    : file_(path, O_RDWR | O_CREAT) {
  const int operation = kind == Kind::sole ? LOCK_EX : LOCK_SH;
  // `dovetail status` holds a shared lock for a moment to look for a run; this waits until then.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  try {
    while (!lock_now(file_.get(), operation)) {
      if (std::chrono::steady_clock::now() > give_up) {
        throw_<FolderInUse>(
            "another run is writing to {} ({}). Wait for it (--wait SECONDS does), stop it, or "
            "name another folder with --out",
            results_folder.string(), holder_in(file_.get()));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  } catch (const SystemError& error) {
    // Some cluster file systems are mounted without flock; an unlocked run is better than none.
    log_warning(
        "{}: {}. A lease keeps a second run out of this folder instead, and finds a dead "
        "one within minutes",
        path.string(), error.what());
  }
  const std::string holder = kind == Kind::sole ? this_process() : "shares of a sweep";
  if (::ftruncate(file_.get(), 0) != 0 ||
      ::pwrite(file_.get(), holder.data(), holder.size(), 0) < 0) {
    // The file only names the holder in messages; the first record will report a full disk.
    log_debug("cannot write {}: {}", path.string(), std::strerror(errno));
  }
}

bool JournalLock::is_supported(const fs::path& folder) {
  try {
    lock_now(Descriptor(folder, O_RDONLY | O_DIRECTORY).get(), LOCK_SH);
    return true;
  } catch (const SystemError&) {
    return false;
  }
}

std::string JournalLock::holder(const fs::path& path) {
  if (!fs::exists(path)) return "";
  try {
    const Descriptor file(path, O_RDONLY);
    if (lock_now(file.get(), LOCK_SH)) return "";
    return holder_in(file.get());
  } catch (const SystemError& error) {
    log_debug("cannot tell who holds {}: {}", path.string(), error.what());
    return "";
  }
}

std::string read_from(const fs::path& path, size_t offset) {
  const Descriptor file(path, O_RDONLY);
  return read_descriptor(file.get(), offset);
}

}  // namespace dovetail
