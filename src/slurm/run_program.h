// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dovetail {

struct ProgramResult {
  int exit_code = 0;  // 127: there is no such program
  std::string output, errors;
};

// Runs a program of the PATH to its end, without a shell. Throws SystemError if no process can be
// made.
ProgramResult run_program(const std::vector<std::string>& words);

}  // namespace dovetail
