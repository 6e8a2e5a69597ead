// SPDX-License-Identifier: Apache-2.0
#include "app/front/programs.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFront = "dovetail";
constexpr const char* kFull = "dovetail-full";

fs::path running_program() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored);
}

}  // namespace

fs::path front_program() {
  const fs::path running = running_program();
  return running.filename() == kFull ? running.parent_path() / kFront : running;
}

void become_full_program(char** arguments) {
  const fs::path full = running_program().parent_path() / kFull;
  ::execv(full.c_str(), arguments);
  throw_<SystemError>("{} cannot be started: {}. It belongs beside {}; build or install both again",
                      full.string(), std::strerror(errno), kFront);
}

}  // namespace dovetail
