// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The innermost loops of quantized_matrix.cc, once for each kind of instructions.
namespace dovetail::int8_tiles {

constexpr int64_t kStrip = 16;       // columns that lie side by side
constexpr int64_t kDepthBlock = 64;  // depths are padded to a multiple
constexpr int64_t kRowBlock = 16;    // and rows

// A pair of strips of the weights, of which `columns` count, and the rows of activations that it
// meets. The sum (r, c) of code x weight gives out = (sum - offset[c]) * scale[c] * row_scale[r].
struct Panel {
  const uint8_t* codes;  // [rows, padded depth] in whole blocks of rows
  int64_t rows, padded_depth;
  const float* row_scale;
  const int8_t* strips;  // [2, padded depth / 4, kStrip, 4]
  const int32_t* offset;
  const float* scale;
  int64_t columns;  // 1 .. 2 * kStrip
  float* out;
  int64_t out_row;
};

void multiply_plain(const Panel& panel);
#if defined(__x86_64__) && defined(__GNUC__)
void multiply_avx2(const Panel& panel);
void multiply_vnni(const Panel& panel);
void multiply_amx(const Panel& panel);
#endif

// Whether the machine has AMX, and lets this process use its registers: asks for them.
bool may_use_amx();

}  // namespace dovetail::int8_tiles
