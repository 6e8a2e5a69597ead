// SPDX-License-Identifier: Apache-2.0
#include "comm/process_identity.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "base/hash.h"

namespace dovetail {

namespace {

// Not read_file(): files of /proc have no size, and a missing one is a valid answer here.
std::string words_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct ProcessState {
  char letter = 'X';  // proc(5): Z is a zombie, X is dead
  uint64_t start_time = 0;
};

ProcessState state_of(int64_t process) {
  const std::string text = words_of("/proc/" + std::to_string(process) + "/stat");
  // The name in parentheses may itself hold spaces and parentheses.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  ProcessState state;
  fields >> state.letter;
  constexpr int kFieldsToStartTime = 18;  // fields 4 to 21
  std::string skipped;
  for (int i = 0; i < kFieldsToStartTime; ++i) fields >> skipped;
  fields >> state.start_time;
  return state;
}

uint64_t own_machine() {
  std::error_code error;
  const auto processes = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  return hash64(words_of("/proc/sys/kernel/random/boot_id") + processes.string());
}

}  // namespace

ProcessIdentity own_identity() {
  return {own_machine(), ::getpid(), state_of(::getpid()).start_time};
}

bool has_ended(const ProcessIdentity& identity) {
  static const uint64_t here = own_machine();
  if (identity.machine != here) return false;
  const ProcessState state = state_of(identity.process);
  return state.start_time != identity.start_time || state.letter == 'Z' || state.letter == 'X';
}

}  // namespace dovetail
