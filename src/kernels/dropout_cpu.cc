// SPDX-License-Identifier: Apache-2.0
#include "kernels/dropout_cpu.h"

#include "kernels/simd.h"

namespace dovetail {

DOVETAIL_SIMD void dropout_row(const float* __restrict x, float* __restrict y, int64_t begin,
                               int64_t count, const DropoutBits& bits) {
  const DropoutBits dropout = bits;
  for (int64_t i = 0; i < count; ++i) {
    y[i] = x[i] * dropout.factor(static_cast<uint32_t>(begin) + static_cast<uint32_t>(i));
  }
}

}  // namespace dovetail
