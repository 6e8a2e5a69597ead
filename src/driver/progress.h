// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "driver/driver.h"

namespace dovetail {

// One line of at most `width` characters for a terminal:
//   12/60 jobs, 8.4/min, 6 min left, 1 failed | 0: tune a/b | 1: idle
// Long names lose their front, where cells of one sweep are alike. If there is no room even for
// that, the line counts the ranks: | 3 busy, 1 idle.
std::string progress_line(const Progress& progress, int width);

// The same in full, for a log.
std::string progress_log(const Progress& progress);

// 45 s, 12 min, 3.4 h, 2.1 days
std::string rough_duration(double seconds);

// Prints progress: on a terminal one line, rewritten a few times a second; to a log one line at the
// start and one every half minute.
class ProgressDisplay {
 public:
  // Prints to standard error, as wide as its terminal. Under mpirun the streams of a rank are
  // pipes; jobs/launch passes the width on in DOVETAIL_TERMINAL_COLUMNS.
  ProgressDisplay();
  // `width` 0: a log.
  ProgressDisplay(std::FILE* out, int width) : out_(out), width_(width) {}
  ~ProgressDisplay();  // keeps the last line on the terminal
  ProgressDisplay(const ProgressDisplay&) = delete;

  void show(const Progress& progress);
  void show(const Progress& progress, std::chrono::steady_clock::time_point now);

 private:
  std::FILE* out_;
  int width_;
  bool line_open_ = false;  // the cursor stands behind a line without its end
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

// Columns of the terminal that standard error writes to; 0 if it is no terminal.
int terminal_columns();

}  // namespace dovetail
