// SPDX-License-Identifier: Apache-2.0
#include "base/this_process.h"

#include <fmt/format.h>
#include <unistd.h>

namespace dovetail {

std::string host_name() {
  char host[256] = {};
  ::gethostname(host, sizeof(host) - 1);
  return host;
}

std::string this_process() { return fmt::format("process {} on host {}", ::getpid(), host_name()); }

}  // namespace dovetail
