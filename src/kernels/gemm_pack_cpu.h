// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/gemm_cpu.h"

namespace dovetail {

// Packs scale * b[depth, columns] into strips of `width` columns, a multiple of eight; zeros fill
// up the last strip. Strip s has its rows one after the other from out + s * strip_size.
void pack_strips(const MatrixView& b, int64_t depth, int64_t columns, float scale, float* out,
                 int64_t width, int64_t strip_size);

// out[k * out_row + i] = a[i, k] for a transposed a (a.row is 1).
void pack_lines(const MatrixView& a, int64_t rows, int64_t depth, float* out, int64_t out_row);

}  // namespace dovetail
