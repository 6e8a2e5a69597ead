// SPDX-License-Identifier: Apache-2.0
#include "base/subnormals.h"

#include <cstdint>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dovetail {

void flush_subnormals() {
#if defined(__x86_64__)
  _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
  _mm_setcsr(_mm_getcsr() | 0x0040);  // as operands, too
#elif defined(__aarch64__)
  uint64_t control = 0;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  asm volatile("msr fpcr, %0" ::"r"(control | uint64_t{1} << 24));
#endif
}

bool flushes_subnormals() {
  volatile float smallest_normal = std::numeric_limits<float>::min();
  return smallest_normal * 0.5f == 0;
}

}  // namespace dovetail
