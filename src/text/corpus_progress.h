// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace dovetail {

// How far some long work has come: the newest of two records at the start of a file, written in
// turn, so that one of them is whole whenever the process or the machine dies.
class ProgressRecords {
 public:
  static constexpr int64_t kBytes = 8192;  // of the file, before anything else

  // The newest whole record of an open file; null when there is none.
  nlohmann::json read(int file);
  // Is on disk when it returns. `what` the file is, for messages.
  void write(int file, const nlohmann::json& record, const std::string& what);
  // By all processes so far.
  uint64_t num_written() const { return sequence_; }

 private:
  uint64_t sequence_ = 0;
};

}  // namespace dovetail
