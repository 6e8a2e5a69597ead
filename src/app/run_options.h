// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace dovetail {

// The options of `dovetail run`.
struct RunOptions {
  std::string sweep;
  std::string out;    // "": results/NAME
  std::string store;  // "": OUT/artefacts
  std::string filter;
  std::string device = "cpu";
  int threads = 1;
  int data_parallel = 1;
  int64_t group_size = 16;
  double group_memory = 0;  // GiB; 0: half of what is free
  bool retry_failed = false;
  std::string local_disk;
  bool share = false;
  double wait_seconds = 0;
  double checkpoint_seconds = 60;
  double hang_seconds = 600;
  std::string command_line;
};

void add_run_options(CLI::App& command, RunOptions& options);

}  // namespace dovetail
