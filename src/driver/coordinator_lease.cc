// SPDX-License-Identifier: Apache-2.0
#include "driver/coordinator_lease.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/folder.h"
#include "base/machine_failure.h"
#include "base/stop.h"
#include "store/journal_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// -1 for a name that is no owner's.
int64_t epoch_of(const std::string& name) {
  if (!name.starts_with(kOwnerFolder)) return -1;
  int64_t epoch = -1;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + kOwnerFolder.size(), end, epoch);
  return parsed.ptr == end ? epoch : -1;
}

}  // namespace

CoordinatorLease::CoordinatorLease(const fs::path& results_folder, double dead_after_seconds)
    : results_folder_(results_folder), journal_folder_(results_folder / "journal") {
  make_folders(journal_folder_);
  std::error_code error;
  do {
    const int64_t before = latest_epoch();
    if (before > 0) wait_for_death(before, dead_after_seconds);
    epoch_ = before + 1;
  } while (!fs::create_directory(owner_folder(epoch_), error) && !error);
  if (error) fail_writing("make the folder", owner_folder(epoch_).string(), error.value());
  pulse_.emplace(owner_folder(epoch_));
  for (int64_t old = epoch_ - 1; old > 0 && fs::remove_all(owner_folder(old), error) > 0;) --old;
  beating_ = std::thread([this] { beat_until_end(); });
}

CoordinatorLease::~CoordinatorLease() {
  ending_ = true;
  beating_.join();
}

fs::path CoordinatorLease::owner_folder(int64_t epoch) const {
  return journal_folder_ / fmt::format("{}{}", kOwnerFolder, epoch);
}

int64_t CoordinatorLease::latest_epoch() const {
  int64_t latest = 0;
  for (const auto& entry : fs::directory_iterator(journal_folder_))
    latest = std::max(latest, epoch_of(entry.path().filename().string()));
  return latest;
}

// A pulse that changes while this looks is that of a living owner.
void CoordinatorLease::wait_for_death(int64_t epoch, double dead_after_seconds) const {
  const std::string owner = owner_folder(epoch).filename().string();
  PulseWatch watch(journal_folder_, dead_after_seconds);
  bool is_dead = watch.is_dead(owner);
  const int64_t beats = watch.last_beat(owner).number;
  while (!is_dead) {
    check_stop();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    is_dead = watch.is_dead(owner);
    const PulseWatch::Beat last = watch.last_beat(owner);
    if (is_dead || last.number == beats) continue;
    throw_<FolderInUse>(
        "another run ({}) is writing to {}. Wait for it (--wait SECONDS does), stop it, or name "
        "another folder with --out",
        last.owner, results_folder_.string());
  }
}

void CoordinatorLease::check() const {
  // a successor makes its own folder first, and then removes this one
  if (fs::exists(owner_folder(epoch_)) && !fs::exists(owner_folder(epoch_ + 1))) return;
  throw_<MachineFailure>("this run stood still for so long that another one has taken over {}",
                         results_folder_.string());
}

void CoordinatorLease::beat_until_end() {
  while (!ending_) {
    pulse_->beat();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace dovetail
