// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "driver/driver.h"

namespace dovetail {

// One line of at most `width` characters for a terminal:
//   12/60 jobs, 8.4/min, 6 min left, 1 failed | 0: tune a/b | 1: idle
// Names are cut at their front, where cells of one sweep are alike; where there is no room for
// them, the ranks are counted: | 3 busy, 1 idle.
std::string progress_line(const Progress& progress, int width);

// The same in full, for a log.
std::string progress_log(const Progress& progress);

// 45 s, 12 min, 3.4 h, 2.1 days
std::string rough_duration(double seconds);

// When to print which of them: on a terminal a line that is written over a few times a second; in
// a log a line at the start and one every half minute.
class ProgressDisplay {
 public:
  // To standard error; on a terminal as wide as that is. Under mpirun a rank's streams are pipes:
  // jobs/launch then tells of its terminal by DOVETAIL_TERMINAL_COLUMNS.
  ProgressDisplay();
  // width 0: a log.
  ProgressDisplay(std::FILE* out, int width) : out_(out), width_(width) {}
  ~ProgressDisplay();  // leaves the last line standing
  ProgressDisplay(const ProgressDisplay&) = delete;

  void show(const Progress& progress);
  void show(const Progress& progress, std::chrono::steady_clock::time_point now);

 private:
  std::FILE* out_;
  int width_;
  bool line_stands_ = false;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

// Columns of the terminal that standard error goes to; 0 if it is none.
int terminal_columns();

}  // namespace dovetail
