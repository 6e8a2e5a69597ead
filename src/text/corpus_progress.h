// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace dovetail {

// The progress of long work, kept in two records at the start of a file. They are written in turn,
// so that one of them is whole whenever the process or the machine dies.
class ProgressRecords {
 public:
  static constexpr int64_t kBytes = 8192;  // at the start of the file

  // The newest whole record of an open file; null if there is none.
  nlohmann::json read(int file);
  // Writes a record and waits until it is on disk. `what` names the file in messages.
  void write(int file, const nlohmann::json& record, const std::string& what);
  // The number of records that all processes have written so far.
  uint64_t num_written() const { return sequence_; }

 private:
  uint64_t sequence_ = 0;
};

}  // namespace dovetail
