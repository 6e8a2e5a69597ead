// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/gemm_cpu.h"

// The innermost loops of gemm_cpu.cc, instantiated once for each instruction set.
namespace dovetail::tiles {

typedef float Wide __attribute__((vector_size(64)));
typedef float Half __attribute__((vector_size(32)));

#define DOVETAIL_INLINE inline __attribute__((always_inline))

// Vectors in memory, at any address.
template <typename Lanes>
struct __attribute__((packed, may_alias)) Unaligned {
  Lanes lanes;
};

constexpr int64_t kLine = 16;  // numbers of a cache line
constexpr int64_t kAhead = 8;  // rows of a strip that are fetched before they are used

// `b` is a strip: `depth` rows of kVectors vectors, b_row numbers apart.
struct Strip {
  int64_t depth;
  const float* b;
  int64_t b_row;
};

template <typename Lanes, int kRows, int kVectors>
DOVETAIL_INLINE void tile(const Strip& strip, MatrixView a, float* out, int64_t out_row,
                          bool accumulate) {
  constexpr int64_t kLanes = sizeof(Lanes) / sizeof(float);
  Lanes sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) sums[r][v] = Lanes{};
  }
  const float* b = strip.b;
  const float* column = a.data;
  for (int64_t k = 0; k < strip.depth; ++k, b += strip.b_row, column += a.column) {
    // strips lie in the second-level cache, or behind it
    for (int64_t ahead = 0; ahead < kVectors * kLanes; ahead += kLine)
      __builtin_prefetch(b + kAhead * strip.b_row + ahead);
    Lanes line[kVectors];
    for (int v = 0; v < kVectors; ++v)
      line[v] = reinterpret_cast<const Unaligned<Lanes>*>(b + v * kLanes)->lanes;
    for (int r = 0; r < kRows; ++r) {
      const float factor = column[r * a.row];
      for (int v = 0; v < kVectors; ++v) sums[r][v] += factor * line[v];
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      auto* to = reinterpret_cast<Unaligned<Lanes>*>(out + r * out_row + v * kLanes);
      to->lanes = accumulate ? to->lanes + sums[r][v] : sums[r][v];
    }
  }
}

// Computes a strip whose last columns are padding, through a buffer.
template <typename Lanes, int kRows, int kVectors>
DOVETAIL_INLINE void cut_tile(const Strip& strip, MatrixView a, float* out, int64_t out_row,
                              bool accumulate, int64_t columns) {
  constexpr int64_t kWidth = kVectors * sizeof(Lanes) / sizeof(float);
  float whole[kRows * kWidth];
  tile<Lanes, kRows, kVectors>(strip, a, whole, kWidth, false);
  for (int r = 0; r < kRows; ++r) {
    float* line = out + r * out_row;
    for (int64_t c = 0; c < columns; ++c)
      line[c] = (accumulate ? line[c] : 0.0f) + whole[r * kWidth + c];
  }
}

// Computes the last columns of an unpacked b, fewer than a vector.
template <typename Lanes>
DOVETAIL_INLINE void narrow_columns(const Gemm& p, int64_t row, int64_t first, int64_t last) {
  for (int64_t c = first; c < last; ++c) {
    float sum = 0;
    for (int64_t k = 0; k < p.depth; ++k) {
      sum += p.a.data[row * p.a.row + k * p.a.column] * p.b.data[k * p.b.row + c];
    }
    p.out[row * p.out_row + c] = sum;
  }
}

template <typename Lanes, int kRows>
DOVETAIL_INLINE void small_rows(const Gemm& p, int64_t row) {
  constexpr int64_t kLanes = sizeof(Lanes) / sizeof(float);
  const MatrixView a = p.a.from(row, 0);
  float* out = p.out + row * p.out_row;
  int64_t column = 0;
  for (; column + 2 * kLanes <= p.columns; column += 2 * kLanes) {
    tile<Lanes, kRows, 2>({p.depth, p.b.data + column, p.b.row}, a, out + column, p.out_row, false);
  }
  if (column + kLanes <= p.columns) {
    tile<Lanes, kRows, 1>({p.depth, p.b.data + column, p.b.row}, a, out + column, p.out_row, false);
    column += kLanes;
  }
  if (column == p.columns) return;
  for (int r = 0; r < kRows; ++r) narrow_columns<Lanes>(p, row + r, column, p.columns);
}

template <typename Lanes, int kRows>
DOVETAIL_INLINE void small(const Gemm& p) {
  int64_t row = 0;
  for (; row + kRows <= p.rows; row += kRows) small_rows<Lanes, kRows>(p, row);
  for (; row + 2 <= p.rows; row += 2) small_rows<Lanes, 2>(p, row);
  if (row < p.rows) small_rows<Lanes, 1>(p, row);
}

// Packed strips of b and the part of the result that they produce.
struct Panel {
  int64_t columns, depth;
  const float* packed;  // [strips, strip_size]
  int64_t strip_size;
  float* out;
  int64_t out_row;
  bool accumulate;
};

template <typename Lanes, int kRows, int kVectors>
DOVETAIL_INLINE void panel_rows(const Panel& p, MatrixView a, int64_t row) {
  constexpr int64_t kStrip = kVectors * sizeof(Lanes) / sizeof(float);
  for (int64_t column = 0; column < p.columns; column += kStrip) {
    const Strip strip{p.depth, p.packed + column / kStrip * p.strip_size, kStrip};
    float* out = p.out + row * p.out_row + column;
    if (column + kStrip <= p.columns) {
      tile<Lanes, kRows, kVectors>(strip, a, out, p.out_row, p.accumulate);
    } else {
      cut_tile<Lanes, kRows, kVectors>(strip, a, out, p.out_row, p.accumulate, p.columns - column);
    }
  }
}

// `a` holds the rows `row` .. `row + rows - 1`.
template <typename Lanes, int kRows, int kVectors>
DOVETAIL_INLINE void panel(const Panel& p, MatrixView a, int64_t row, int64_t rows) {
  int64_t done = 0;
  for (; done + kRows <= rows; done += kRows)
    panel_rows<Lanes, kRows, kVectors>(p, a.from(done, 0), row + done);
  for (; done + 2 <= rows; done += 2)
    panel_rows<Lanes, 2, kVectors>(p, a.from(done, 0), row + done);
  if (done < rows) panel_rows<Lanes, 1, kVectors>(p, a.from(done, 0), row + done);
}

}  // namespace dovetail::tiles
