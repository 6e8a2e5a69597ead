// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "comm/communicator.h"

namespace dovetail {

// Where a run keeps its things.
struct RunPaths {
  std::filesystem::path out;    // the results folder
  std::filesystem::path store;  // artefacts, by job key
};

// Rank 0 alone reads the sweep and makes the checks; the other ranks wait for its word. When a
// check throws, this object goes out of scope without having given any, and they are let go.
class Briefing {
 public:
  explicit Briefing(Communicator& communicator) : communicator_(communicator) {}
  ~Briefing();
  Briefing(const Briefing&) = delete;

  void give(const RunPaths& workplace);

 private:
  Communicator& communicator_;
  bool given_ = false;
};

// What rank 0 said; nothing when there is nothing to do.
std::optional<RunPaths> await_briefing(Communicator& communicator);

}  // namespace dovetail
