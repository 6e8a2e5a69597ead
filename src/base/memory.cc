// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace dovetail {

namespace {

constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

int64_t kernel_says() {
  std::ifstream file("/proc/meminfo");
  for (std::string name; file >> name;) {
    int64_t kibibytes = 0;
    if (name == "MemAvailable:" && file >> kibibytes) return kibibytes << 10;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return kUnlimited;
}

// A file with one number; "max", which stands for no limit, and a missing file are the other one.
int64_t number_in(const std::string& path, int64_t other) {
  int64_t number = 0;
  return std::ifstream(path) >> number ? number : other;
}

// Version 2 of control groups; a limit of a group above this one is not seen.
int64_t control_group_says() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with("0::")) continue;
    const std::string folder = fmt::format("/sys/fs/cgroup{}/", line.substr(3));
    const int64_t limit = number_in(folder + "memory.max", kUnlimited);
    return limit == kUnlimited ? limit : limit - number_in(folder + "memory.current", 0);
  }
  return kUnlimited;
}

}  // namespace

int64_t available_memory() {
  return std::max<int64_t>(0, std::min(kernel_says(), control_group_says()));
}

void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kGibibyte = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kGibibyte);
  mallopt(M_TRIM_THRESHOLD, kGibibyte);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

void return_freed_memory() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

}  // namespace dovetail
