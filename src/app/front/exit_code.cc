// SPDX-License-Identifier: Apache-2.0
#include "app/front/exit_code.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace dovetail {

namespace {

bool is_first_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}) {
    if (const char* rank = std::getenv(name)) return std::string_view(rank) == "0";
  }
  return true;
}

}  // namespace

int leave_exit_code(int exit_code) {
  const char* file = std::getenv("DOVETAIL_EXIT_CODE_FILE");
  if (file == nullptr || *file == '\0' || !is_first_rank()) return exit_code;
  try {
    write_file_atomically(file, std::to_string(exit_code) + "\n");
    return kSuccess;
  } catch (const std::exception& error) {
    fmt::print(stderr, "dovetail: {}\n", error.what());
    return exit_code;
  }
}

}  // namespace dovetail
