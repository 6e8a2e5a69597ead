// SPDX-License-Identifier: Apache-2.0
#include "jobs/provenance.h"

#include <sys/resource.h>
#include <torch/version.h>

#include <ctime>
#include <fstream>

#include "base/subnormals.h"
#include "base/text.h"
#include "base/this_process.h"
#include "commit.h"  // made by the build

namespace dovetail {

namespace {

// "AMD EPYC 9654", as /proc/cpuinfo of x86 has it; "" where it does not say.
std::string cpu_model_of(std::istream& cpuinfo) {
  for (std::string line; std::getline(cpuinfo, line);) {
    const size_t colon = line.find(':');
    if (colon != std::string::npos && line.starts_with("model name"))
      return collapse_whitespace(line.substr(colon + 1));
  }
  return "";
}

}  // namespace

std::string cpu_model() {
  static const std::string model = [] {
    std::ifstream cpuinfo("/proc/cpuinfo");
    return cpu_model_of(cpuinfo);
  }();
  return model;
}

nlohmann::json provenance(int threads, const std::string& device, const std::string& precision) {
  return {{"commit", DOVETAIL_COMMIT}, {"libtorch", TORCH_VERSION},
          {"host", host_name()},       {"threads", threads},
          {"device", device},          {"precision", precision},
          {"cpu", cpu_model()},        {"subnormals", flushes_subnormals() ? "flushed" : "kept"}};
}

int64_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace dovetail
