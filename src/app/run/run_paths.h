// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "comm/communicator.h"

namespace dovetail {

// The folders of a run.
struct RunPaths {
  std::filesystem::path out;    // the results folder
  std::filesystem::path store;  // artefacts, by job key
  std::string share = {};       // "share-0001" of a share, else ""; begins the names of its logs
};

// Of a rank, OUT/logs/WHO.log; of a share, OUT/logs/SHARE-WHO.log.
std::filesystem::path log_file(const RunPaths& paths, const std::string& who);
// Opens the log of a rank. A run without its log is better than none: what would be in it goes to
// standard error then.
void open_run_log(const RunPaths& paths, const std::string& who);

// Rank 0 alone reads the sweep and checks it, while the other ranks wait in receive_run_paths().
// broadcast() sends them the paths of the run. The destructor of an object that has not broadcast
// (because a check threw) tells them that there is no run.
class RunPathsBroadcast {
 public:
  explicit RunPathsBroadcast(Communicator& communicator) : communicator_(communicator) {}
  ~RunPathsBroadcast();
  RunPathsBroadcast(const RunPathsBroadcast&) = delete;

  void broadcast(const RunPaths& paths);

 private:
  Communicator& communicator_;
  bool done_ = false;
};

// Waits for the paths on a rank other than 0. Returns nothing when there is no run. Throws
// CommError when rank 0 dies.
std::optional<RunPaths> receive_run_paths(Communicator& communicator);

}  // namespace dovetail
