// SPDX-License-Identifier: Apache-2.0
#include "kernels/int8_tiles.h"

#include <algorithm>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace dovetail::int8_tiles {

namespace {

constexpr int64_t kPair = 2 * kStrip;

void scale_sums(const Panel& p, const int32_t* sums, int64_t row, int64_t first, int64_t last) {
  float* out = p.out + row * p.out_row;
  for (int64_t c = first; c < last; ++c)
    out[c] = static_cast<float>(sums[c - first] - p.offset[c]) * (p.scale[c] * p.row_scale[row]);
}

}  // namespace

void multiply_plain(const Panel& p) {
  for (int64_t row = 0; row < p.rows; ++row) {
    const uint8_t* codes = p.codes + row * p.padded_depth;
    int32_t sums[kPair] = {};
    for (int64_t k = 0; k < p.padded_depth; ++k) {
      for (int64_t c = 0; c < kPair; ++c) {
        const int8_t* strip = p.strips + c / kStrip * kStrip * p.padded_depth;
        sums[c] += codes[k] * strip[(k / 4 * kStrip + c % kStrip) * 4 + k % 4];
      }
    }
    scale_sums(p, sums, row, 0, p.columns);
  }
}

#if defined(__x86_64__) && defined(__GNUC__)

#define DOVETAIL_AVX2 __attribute__((target("arch=x86-64-v3")))
#define DOVETAIL_VNNI __attribute__((target("arch=x86-64-v4,avx512vnni")))
#define DOVETAIL_AMX __attribute__((target("arch=x86-64-v4,avx512vnni,amx-tile,amx-int8")))

namespace {

constexpr int64_t kAhead = 512;  // bytes of a strip that are fetched before they are used

template <typename Four>
Four four_codes(const void* at) {
  Four four;
  __builtin_memcpy(&four, at, sizeof(four));
  return four;
}

DOVETAIL_AVX2 inline void scale_eight(const Panel& p, __m256i sums, int64_t row, int64_t first) {
  if (first >= p.columns) return;
  if (first + 8 > p.columns) {
    alignas(32) int32_t whole[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(whole), sums);
    return scale_sums(p, whole, row, first, p.columns);
  }
  const __m256i offset = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p.offset + first));
  const __m256 scale =
      _mm256_mul_ps(_mm256_loadu_ps(p.scale + first), _mm256_set1_ps(p.row_scale[row]));
  const __m256 value = _mm256_cvtepi32_ps(_mm256_sub_epi32(sums, offset));
  _mm256_storeu_ps(p.out + row * p.out_row + first, _mm256_mul_ps(value, scale));
}

// Whole strips from `first`. The instruction that multiplies bytes adds two products in 16 bits:
// weights are of seven bits so that it cannot saturate.
template <int kRows>
DOVETAIL_AVX2 void tile_avx2(const Panel& p, int64_t row, int64_t first) {
  const auto* codes = p.codes + row * p.padded_depth;
  const int8_t* strip = p.strips + first * p.padded_depth;
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sums[kRows][2];
  for (auto& sum : sums) sum[0] = sum[1] = _mm256_setzero_si256();
  for (int64_t k = 0; k < p.padded_depth; k += 4) {
    const auto* line = reinterpret_cast<const __m256i*>(strip + k * kStrip);
    _mm_prefetch(reinterpret_cast<const char*>(line) + kAhead, _MM_HINT_T0);
    const __m256i eights[2] = {_mm256_loadu_si256(line), _mm256_loadu_si256(line + 1)};
    for (int r = 0; r < kRows; ++r) {
      const __m256i four = _mm256_set1_epi32(four_codes<int32_t>(codes + r * p.padded_depth + k));
      for (int e = 0; e < 2; ++e) {
        const __m256i pairs = _mm256_maddubs_epi16(four, eights[e]);
        sums[r][e] = _mm256_add_epi32(sums[r][e], _mm256_madd_epi16(pairs, ones));
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    scale_eight(p, sums[r][0], row + r, first);
    scale_eight(p, sums[r][1], row + r, first + 8);
  }
}

template <int kRows>
DOVETAIL_AVX2 void rows_avx2(const Panel& p, int64_t row) {
  for (int64_t first = 0; first < p.columns; first += kStrip) tile_avx2<kRows>(p, row, first);
}

// The lanes of a strip that count.
DOVETAIL_VNNI inline __mmask16 lanes(const Panel& p, int64_t strip) {
  const int64_t left = p.columns - strip * kStrip;
  return left >= kStrip ? 0xFFFF : static_cast<__mmask16>((1u << std::max<int64_t>(left, 0)) - 1);
}

DOVETAIL_VNNI inline void scale_strip(const Panel& p, __m512i sums, int64_t row, int64_t strip) {
  const __mmask16 mask = lanes(p, strip);
  const int64_t first = strip * kStrip;
  const __m512i offset = _mm512_maskz_loadu_epi32(mask, p.offset + first);
  const __m512 scale =
      _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, p.scale + first), _mm512_set1_ps(p.row_scale[row]));
  const __m512 value = _mm512_maskz_cvtepi32_ps(mask, _mm512_sub_epi32(sums, offset));
  _mm512_mask_storeu_ps(p.out + row * p.out_row + first, mask, _mm512_mul_ps(value, scale));
}

template <int kRows>
DOVETAIL_VNNI void rows_vnni(const Panel& p, int64_t row) {
  const auto* codes = p.codes + row * p.padded_depth;
  const int8_t *left = p.strips, *right = p.strips + kStrip * p.padded_depth;
  __m512i sums[kRows][2];
  for (auto& sum : sums) sum[0] = sum[1] = _mm512_setzero_si512();
  for (int64_t k = 0; k < p.padded_depth; k += 4) {
    _mm_prefetch(reinterpret_cast<const char*>(left + k * kStrip + kAhead), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char*>(right + k * kStrip + kAhead), _MM_HINT_T0);
    const __m512i line[2] = {_mm512_loadu_si512(left + k * kStrip),
                             _mm512_loadu_si512(right + k * kStrip)};
    for (int r = 0; r < kRows; ++r) {
      const __m512i four = _mm512_set1_epi32(four_codes<int32_t>(codes + r * p.padded_depth + k));
      sums[r][0] = _mm512_dpbusd_epi32(sums[r][0], four, line[0]);
      sums[r][1] = _mm512_dpbusd_epi32(sums[r][1], four, line[1]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    scale_strip(p, sums[r][0], row + r, 0);
    scale_strip(p, sums[r][1], row + r, 1);
  }
}

DOVETAIL_VNNI void rows_vnni_from(const Panel& p, int64_t row) {
  for (; row + 8 <= p.rows; row += 8) rows_vnni<8>(p, row);
  for (; row + 4 <= p.rows; row += 4) rows_vnni<4>(p, row);
  for (; row + 2 <= p.rows; row += 2) rows_vnni<2>(p, row);
  if (row < p.rows) rows_vnni<1>(p, row);
}

// Palette 1: the tiles 0 to 7 have 16 rows of 64 bytes.
struct alignas(64) TileConfig {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
const TileConfig kWholeTiles;

DOVETAIL_AMX inline void scale_block(const Panel& p, const int32_t* sums, int64_t row) {
  const int64_t last = std::min(row + kRowBlock, p.rows);
  for (int64_t r = row; r < last; ++r, sums += kPair) {
    scale_strip(p, _mm512_load_si512(sums), r, 0);
    scale_strip(p, _mm512_load_si512(sums + kStrip), r, 1);
  }
}

// Two blocks of rows: tiles 0 to 3 sum, 4 and 5 are the codes, 6 and 7 the weights.
DOVETAIL_AMX void two_blocks_amx(const Panel& p, int64_t row) {
  const auto* codes = p.codes + row * p.padded_depth;
  const int8_t *left = p.strips, *right = p.strips + kStrip * p.padded_depth;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t k = 0; k < p.padded_depth; k += kDepthBlock) {
    _tile_loadd(4, codes + k, p.padded_depth);
    _tile_loadd(6, left + k * kStrip, 64);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(7, right + k * kStrip, 64);
    _tile_dpbusd(1, 4, 7);
    _tile_loadd(5, codes + k + kRowBlock * p.padded_depth, p.padded_depth);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  alignas(64) int32_t sums[2 * kRowBlock * kPair];
  _tile_stored(0, sums, kPair * 4);
  _tile_stored(1, sums + kStrip, kPair * 4);
  _tile_stored(2, sums + kRowBlock * kPair, kPair * 4);
  _tile_stored(3, sums + kRowBlock * kPair + kStrip, kPair * 4);
  scale_block(p, sums, row);
  scale_block(p, sums + kRowBlock * kPair, row + kRowBlock);
}

DOVETAIL_AMX void one_block_amx(const Panel& p, int64_t row) {
  const auto* codes = p.codes + row * p.padded_depth;
  const int8_t *left = p.strips, *right = p.strips + kStrip * p.padded_depth;
  _tile_zero(0);
  _tile_zero(1);
  for (int64_t k = 0; k < p.padded_depth; k += kDepthBlock) {
    _tile_loadd(4, codes + k, p.padded_depth);
    _tile_loadd(6, left + k * kStrip, 64);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(7, right + k * kStrip, 64);
    _tile_dpbusd(1, 4, 7);
  }
  alignas(64) int32_t sums[kRowBlock * kPair];
  _tile_stored(0, sums, kPair * 4);
  _tile_stored(1, sums + kStrip, kPair * 4);
  scale_block(p, sums, row);
}

}  // namespace

DOVETAIL_AVX2 void multiply_avx2(const Panel& p) {
  int64_t row = 0;
  for (; row + 4 <= p.rows; row += 4) rows_avx2<4>(p, row);
  for (; row + 2 <= p.rows; row += 2) rows_avx2<2>(p, row);
  if (row < p.rows) rows_avx2<1>(p, row);
}

DOVETAIL_VNNI void multiply_vnni(const Panel& p) { rows_vnni_from(p, 0); }

// A few rows are not worth a block.
DOVETAIL_AMX void multiply_amx(const Panel& p) {
  constexpr int64_t kWorthABlock = 4;
  if (p.rows < kWorthABlock) return rows_vnni_from(p, 0);
  _tile_loadconfig(&kWholeTiles);
  int64_t row = 0;
  for (; row + kRowBlock < p.rows; row += 2 * kRowBlock) two_blocks_amx(p, row);
  if (row < p.rows) one_block_amx(p, row);
  _tile_release();
}

bool may_use_amx() {
#if defined(__linux__)
  constexpr long kRequest = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return __builtin_cpu_supports("amx-int8") && __builtin_cpu_supports("avx512vnni") &&
         ::syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
#else
  return false;
#endif
}

#else

bool may_use_amx() { return false; }

#endif

}  // namespace dovetail::int8_tiles
