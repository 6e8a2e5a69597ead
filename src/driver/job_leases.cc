// SPDX-License-Identifier: Apache-2.0
#include "driver/job_leases.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/folder.h"
#include "base/machine_failure.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// "" for a share that died before it wrote its name, or has not written it yet.
std::string holder_of(const fs::path& lease) {
  std::ifstream file(lease);
  std::string share;
  std::getline(file, share);
  return file.eof() ? "" : share;  // a name without its line end is not whole
}

}  // namespace

JobLeases::JobLeases(const fs::path& journal_folder, const std::string& share,
                     double dead_after_seconds)
    : folder_(journal_folder / "leases"),
      share_(share),
      pulse_(journal_folder / share),
      watch_(journal_folder, dead_after_seconds) {
  make_folders(folder_);
}

fs::path JobLeases::file_of(const std::string& key, int64_t epoch) const {
  return folder_ / fmt::format("{}.{}", key, epoch);
}

bool JobLeases::take(const std::string& key) {
  Lease& lease = leases_[key];
  if (!lease.look.due()) return false;
  for (;; ++lease.epoch) {
    const fs::path file = file_of(key, lease.epoch);
    if (create(file)) return true;
    const std::string holder = holder_of(file);
    if (holder == share_) return true;
    // An empty lease waits for a share that has no pulse: it is over after the time of a dead one.
    if (!watch_.is_dead(holder.empty() ? file.filename().string() : holder)) return false;
  }
}

bool JobLeases::is_second_hand(const std::string& key) const {
  const auto found = leases_.find(key);
  return found != leases_.end() && found->second.epoch > 0;
}

bool JobLeases::create(const fs::path& file) const {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0 && errno == EEXIST) return false;
  const std::string line = share_ + "\n";
  const bool is_written =
      fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (is_written) return true;
  throw_<MachineFailure>("cannot write the lease {}: {}", file.string(), std::strerror(error));
}

}  // namespace dovetail
