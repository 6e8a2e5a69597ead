// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_pack_cpu.h"

#include <algorithm>
#include <cstring>

#include "kernels/simd.h"

namespace dovetail {

namespace {

typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));

// Copies a strip of a b with contiguous rows.
DOVETAIL_SIMD void copy_strip(const float* b, int64_t b_row, int64_t depth, float scale, float* out,
                              int64_t width) {
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t c = 0; c < width; c += 8) {
      *reinterpret_cast<Eight*>(out + k * width + c) =
          scale * *reinterpret_cast<const Eight*>(b + k * b_row + c);
    }
  }
}

// Transposes eight rows of `in`, in_row apart, into eight columns of `out`, whose rows are `width`
// apart.
DOVETAIL_SIMD void transpose_eight(const float* in, int64_t in_row, int64_t blocks, float scale,
                                   float* out, int64_t width) {
  for (int64_t block = 0; block < blocks; ++block, in += 8, out += 8 * width) {
    Eight r[8], s[8];
    for (int i = 0; i < 8; ++i) r[i] = scale * *reinterpret_cast<const Eight*>(in + i * in_row);
    for (int i = 0; i < 8; i += 2) {
      s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
      s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int half = 0; half < 8; half += 4) {
      r[half] = __builtin_shufflevector(s[half], s[half + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[half + 1] = __builtin_shufflevector(s[half], s[half + 2], 2, 3, 10, 11, 6, 7, 14, 15);
      r[half + 2] = __builtin_shufflevector(s[half + 1], s[half + 3], 0, 1, 8, 9, 4, 5, 12, 13);
      r[half + 3] = __builtin_shufflevector(s[half + 1], s[half + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (int i = 0; i < 4; ++i) {
      *reinterpret_cast<Eight*>(out + i * width) =
          __builtin_shufflevector(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
      *reinterpret_cast<Eight*>(out + (i + 4) * width) =
          __builtin_shufflevector(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
  }
}

void transpose_strip(const MatrixView& b, int64_t depth, float scale, float* out, int64_t width) {
  const int64_t blocks = depth / 8;
  for (int64_t c = 0; c < width; c += 8) {
    transpose_eight(b.data + c * b.column, b.column, blocks, scale, out + c, width);
  }
  for (int64_t k = blocks * 8; k < depth; ++k) {
    for (int64_t c = 0; c < width; ++c) out[k * width + c] = scale * b.data[k + c * b.column];
  }
}

void fill_last_strip(const MatrixView& b, int64_t depth, int64_t columns, float scale, float* out,
                     int64_t width) {
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t c = 0; c < width; ++c) {
      out[k * width + c] = c < columns ? scale * b.data[k * b.row + c * b.column] : 0.0f;
    }
  }
}

}  // namespace

void pack_strips(const MatrixView& b, int64_t depth, int64_t columns, float scale, float* out,
                 int64_t width, int64_t strip_size) {
  for (int64_t column = 0; column < columns; column += width, out += strip_size) {
    const MatrixView strip = b.from(0, column);
    if (column + width > columns) {
      fill_last_strip(strip, depth, columns - column, scale, out, width);
    } else if (b.column == 1) {
      copy_strip(strip.data, strip.row, depth, scale, out, width);
    } else {
      transpose_strip(strip, depth, scale, out, width);
    }
  }
}

void pack_lines(const MatrixView& a, int64_t rows, int64_t depth, float* out, int64_t out_row) {
  for (int64_t k = 0; k < depth; ++k) {
    std::memcpy(out + k * out_row, a.data + k * a.column,
                static_cast<size_t>(rows) * sizeof(float));
  }
}

}  // namespace dovetail
