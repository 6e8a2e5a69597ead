// SPDX-License-Identifier: Apache-2.0
#include "kernels/embedding_cpu.h"

#include "kernels/simd.h"

namespace dovetail {

DOVETAIL_SIMD void add_rows(const float* rows, const int64_t* ids, int64_t count, int64_t width,
                            float* sums) {
  for (int64_t row = 0; row < count; ++row) {
    const float* __restrict in = rows + row * width;
    float* __restrict sum = sums + ids[row] * width;
    for (int64_t i = 0; i < width; ++i) sum[i] += in[i];
  }
}

}  // namespace dovetail
