// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_pack_cpu.h"

#include <algorithm>
#include <cstring>

#include "kernels/simd.h"

namespace dovetail {

namespace {

constexpr int64_t kStrip = PrepackedMatrix::kStrip;
typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));
typedef int EightInts __attribute__((vector_size(32)));

// Copies a strip of a b with contiguous rows.
DOVETAIL_SIMD void copy_strip(const float* b, int64_t b_row, int64_t depth, float scale,
                              float* out) {
  for (int64_t k = 0; k < depth; ++k) {
    const float* from = b + k * b_row;
    float* to = out + k * kStrip;
    for (int64_t c = 0; c < kStrip; ++c) to[c] = scale * from[c];
  }
}

// Transposes eight rows of `in`, in_row apart, into eight columns of `out`.
DOVETAIL_SIMD void transpose_eight(const float* in, int64_t in_row, int64_t blocks, float scale,
                                   float* out) {
  for (int64_t block = 0; block < blocks; ++block, in += 8, out += 8 * kStrip) {
    Eight r[8], s[8];
    for (int i = 0; i < 8; ++i) r[i] = scale * *reinterpret_cast<const Eight*>(in + i * in_row);
    for (int i = 0; i < 8; i += 2) {
      s[i] = __builtin_shuffle(r[i], r[i + 1], EightInts{0, 8, 1, 9, 4, 12, 5, 13});
      s[i + 1] = __builtin_shuffle(r[i], r[i + 1], EightInts{2, 10, 3, 11, 6, 14, 7, 15});
    }
    for (int half = 0; half < 8; half += 4) {
      r[half] = __builtin_shuffle(s[half], s[half + 2], EightInts{0, 1, 8, 9, 4, 5, 12, 13});
      r[half + 1] = __builtin_shuffle(s[half], s[half + 2], EightInts{2, 3, 10, 11, 6, 7, 14, 15});
      r[half + 2] =
          __builtin_shuffle(s[half + 1], s[half + 3], EightInts{0, 1, 8, 9, 4, 5, 12, 13});
      r[half + 3] =
          __builtin_shuffle(s[half + 1], s[half + 3], EightInts{2, 3, 10, 11, 6, 7, 14, 15});
    }
    for (int i = 0; i < 4; ++i) {
      *reinterpret_cast<Eight*>(out + i * kStrip) =
          __builtin_shuffle(r[i], r[i + 4], EightInts{0, 1, 2, 3, 8, 9, 10, 11});
      *reinterpret_cast<Eight*>(out + (i + 4) * kStrip) =
          __builtin_shuffle(r[i], r[i + 4], EightInts{4, 5, 6, 7, 12, 13, 14, 15});
    }
  }
}

void transpose_strip(const MatrixView& b, int64_t depth, float scale, float* out) {
  const int64_t blocks = depth / 8;
  for (int64_t c = 0; c < kStrip; c += 8) {
    transpose_eight(b.data + c * b.column, b.column, blocks, scale, out + c);
  }
  for (int64_t k = blocks * 8; k < depth; ++k) {
    for (int64_t c = 0; c < kStrip; ++c) out[k * kStrip + c] = scale * b.data[k + c * b.column];
  }
}

void fill_last_strip(const MatrixView& b, int64_t depth, int64_t columns, float scale, float* out) {
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t c = 0; c < kStrip; ++c) {
      out[k * kStrip + c] = c < columns ? scale * b.data[k * b.row + c * b.column] : 0.0f;
    }
  }
}

}  // namespace

void pack_strips(const MatrixView& b, int64_t depth, int64_t columns, float scale, float* out,
                 int64_t strip_size) {
  for (int64_t column = 0; column < columns; column += kStrip, out += strip_size) {
    const MatrixView strip = b.from(0, column);
    if (column + kStrip > columns) {
      fill_last_strip(strip, depth, columns - column, scale, out);
    } else if (b.column == 1) {
      copy_strip(strip.data, strip.row, depth, scale, out);
    } else {
      transpose_strip(strip, depth, scale, out);
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
