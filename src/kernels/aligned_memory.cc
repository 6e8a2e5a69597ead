// SPDX-License-Identifier: Apache-2.0
#include "kernels/aligned_memory.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstdlib>
#include <new>

namespace dovetail {

std::shared_ptr<void> aligned_memory(size_t bytes) {
  constexpr size_t kHugePage = size_t{1} << 21, kLine = 64;
  const size_t unit = bytes >= kHugePage ? kHugePage : kLine;
  const size_t whole = (bytes + unit - 1) / unit * unit;
  void* memory = std::aligned_alloc(unit, whole);
  if (memory == nullptr && whole > 0) throw std::bad_alloc();
#if defined(__linux__)
  if (unit == kHugePage) ::madvise(memory, whole, MADV_HUGEPAGE);  // may fail, without harm
#endif
  return {memory, [](void* p) { std::free(p); }};
}

}  // namespace dovetail
