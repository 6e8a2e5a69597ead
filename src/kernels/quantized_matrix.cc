// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantized_matrix.h"

#include <algorithm>
#include <bit>

#include "kernels/aligned_memory.h"
#include "kernels/int8_tiles.h"
#include "kernels/simd.h"

namespace dovetail {

namespace {

using int8_tiles::kDepthBlock;
using int8_tiles::kRowBlock;
using int8_tiles::kStrip;

constexpr int64_t kRowsAtOnce = 256;  // whose codes stay in the second-level cache
constexpr float kLargestCode = 127;   // of activations
constexpr float kLargestWeight = 63;  // seven bits, on every machine: see tile_avx2

int64_t whole_blocks(int64_t count, int64_t block) { return (count + block - 1) / block * block; }

// Compares bits, so that numbers that are not finite are the largest.
DOVETAIL_SIMD float largest_magnitude(const float* x, int64_t count) {
  int32_t largest = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int32_t bits = std::bit_cast<int32_t>(x[i]) & 0x7FFFFFFF;
    largest = bits > largest ? bits : largest;
  }
  return std::bit_cast<float>(largest);
}

DOVETAIL_SIMD void quantize_row(const float* x, int64_t count, float inverse, uint8_t* codes) {
  // positive, so that cutting rounds to the nearest
  for (int64_t i = 0; i < count; ++i)
    codes[i] = static_cast<uint8_t>(static_cast<int32_t>(x[i] * inverse + 128.5f));
}

float inverse_of(float largest, float code) { return largest > 0 ? code / largest : 0.0f; }

}  // namespace

Int8Instructions best_int8_instructions() {
#if defined(__x86_64__) && defined(__GNUC__)
  static const Int8Instructions best =
      !kWithAvx512                           ? Int8Instructions::avx2
      : int8_tiles::may_use_amx()            ? Int8Instructions::amx
      : __builtin_cpu_supports("avx512vnni") ? Int8Instructions::vnni
      : __builtin_cpu_supports("x86-64-v3")  ? Int8Instructions::avx2
                                             : Int8Instructions::plain;
  return best;
#else
  return Int8Instructions::plain;
#endif
}

QuantizedRows::QuantizedRows(int64_t rows, int64_t depth, Int8Instructions by)
    : rows_(rows), depth_(depth), padded_depth_(whole_blocks(depth, kDepthBlock)), by_(by) {
  codes_ = aligned_numbers<uint8_t>(whole_blocks(rows, kRowBlock) * padded_depth_);
  scales_ = aligned_numbers<float>(rows);
}

void QuantizedRows::quantize(const float* x, int64_t row, int64_t first, int64_t last,
                             float factor) {
  for (int64_t r = first; r < last; ++r) {
    const float* from = x + r * row;
    const float largest = largest_magnitude(from, depth_);
    quantize_row(from, depth_, inverse_of(largest, kLargestCode), codes_.get() + r * padded_depth_);
    scales_[r] = factor * largest / kLargestCode;
  }
}

const uint8_t* QuantizedRows::codes(int64_t row) const {
  return codes_.get() + row * padded_depth_;
}

QuantizedMatrix::QuantizedMatrix(const float* weights, int64_t columns, int64_t depth)
    : depth_(depth), padded_depth_(whole_blocks(depth, kDepthBlock)), columns_(columns) {
  const int64_t padded_columns = whole_blocks(columns, kColumnUnit);
  strips_ = aligned_numbers<int8_t>(padded_columns * padded_depth_);
  std::fill_n(strips_.get(), padded_columns * padded_depth_, int8_t{0});
  std::vector<uint8_t> codes(padded_depth_, 128);
  for (int64_t c = 0; c < columns; ++c) {
    const float* row = weights + c * depth;
    const float largest = largest_magnitude(row, depth);
    quantize_row(row, depth, inverse_of(largest, kLargestWeight), codes.data());
    scales_.push_back(largest / kLargestWeight);
    int8_t* strip = strips_.get() + c / kStrip * kStrip * padded_depth_ + c % kStrip * 4;
    int32_t sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      const int32_t code = codes[k] - 128;
      strip[k / 4 * kStrip * 4 + k % 4] = static_cast<int8_t>(code);
      sum += code;
    }
    offsets_.push_back(128 * sum);
  }
}

namespace {

void multiply_panel(const int8_tiles::Panel& panel, Int8Instructions by) {
  switch (by) {
#if defined(__x86_64__) && defined(__GNUC__)
    case Int8Instructions::avx2: return int8_tiles::multiply_avx2(panel);
    case Int8Instructions::vnni: return int8_tiles::multiply_vnni(panel);
    case Int8Instructions::amx: return int8_tiles::multiply_amx(panel);
#endif
    default: return int8_tiles::multiply_plain(panel);
  }
}

}  // namespace

void QuantizedMatrix::multiply(const QuantizedRows& x, int64_t first, int64_t last, float* out,
                               int64_t out_row) const {
  for (int64_t row = 0; row < x.rows(); row += kRowsAtOnce) {
    for (int64_t column = first; column < last; column += kColumnUnit) {
      const int8_tiles::Panel panel{.codes = x.codes(row),
                                    .rows = std::min(kRowsAtOnce, x.rows() - row),
                                    .padded_depth = padded_depth_,
                                    .row_scale = x.scales() + row,
                                    .strips = strips_.get() + column * padded_depth_,
                                    .offset = offsets_.data() + column,
                                    .scale = scales_.data() + column,
                                    .columns = std::min(kColumnUnit, last - column),
                                    .out = out + row * out_row + column - first,
                                    .out_row = out_row};
      multiply_panel(panel, x.by());
    }
  }
}

}  // namespace dovetail
