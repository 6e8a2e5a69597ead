// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry: $FUZZ_TARGET names the target.
#include <cstdio>
#include <cstdlib>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dovetail::fuzz;
  static const Target& target = [&]() -> const Target& {
    const char* name = std::getenv("FUZZ_TARGET");
    const auto found = targets().find(name == nullptr ? "" : name);
    if (found != targets().end()) return found->second;
    std::fprintf(stderr, "FUZZ_TARGET must be one of:");
    for (const auto& [known, unused] : targets()) std::fprintf(stderr, " %s", known.c_str());
    std::fprintf(stderr, "\n");
    std::exit(2);
  }();
  run(target, {reinterpret_cast<const char*>(data), size});
  return 0;
}
