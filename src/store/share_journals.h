// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/journal_frames.h"

namespace dovetail {

// Shares are runs that do one sweep together in one results folder, without MPI between them. Each
// has a folder of its own, DIR/journal/share-0001/, with a journal that nobody else writes. It is
// never used again: a share that comes back after its death is another one.

// Makes the next free folder and returns its name, "share-0001". Safe on every shared file system,
// as making a folder that exists fails everywhere. Throws MachineFailure.
std::string make_share_folder(const std::filesystem::path& journal_folder);

// The names of all shares of DIR/journal, in the order of their making.
std::vector<std::string> share_names(const std::filesystem::path& journal_folder);

// Reads the journals of shares while they are written: at each call what has come since the last.
class ShareJournals {
 public:
  // `own`: the name of a share to leave out, or "".
  ShareJournals(std::filesystem::path journal_folder, std::string own)
      : folder_(std::move(journal_folder)), own_(std::move(own)) {}

  // Replays what is new, and returns the keys of its records.
  std::vector<std::string> read_new(Replay& replay);

 private:
  std::filesystem::path folder_;
  std::string own_;
  std::map<std::string, size_t> bytes_read_;  // of complete frames, by share
};

}  // namespace dovetail
