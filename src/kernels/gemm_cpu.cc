// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_cpu.h"

#include <cstdlib>
#include <string_view>

#include "kernels/aligned_memory.h"
#include "kernels/gemm_cpu_tiles.h"
#include "kernels/gemm_pack_cpu.h"
#include "kernels/simd.h"

namespace dovetail {

namespace {

using tiles::Panel;

constexpr int64_t kRowBlock = 48;  // whole tiles of six and of eight rows
constexpr int64_t kPackedDepth = 256;

// How an instruction set goes through a product. The results of a panel, `column_block` wide, are
// written once for every `depth_block` of the sum; the panel of b takes half a megabyte.
struct Machine {
  void (*panel)(const Panel& p, MatrixView a, int64_t row, int64_t rows);
  void (*small)(const Gemm& p);
  int64_t strip;  // columns that are packed together: those of a tile
  int64_t depth_block, column_block;
};

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("arch=x86-64-v4"))) void panel_v4(const Panel& p, MatrixView a, int64_t row,
                                                        int64_t rows) {
  tiles::panel<tiles::Wide, 8, 2>(p, a, row, rows);
}
__attribute__((target("arch=x86-64-v3"))) void panel_v3(const Panel& p, MatrixView a, int64_t row,
                                                        int64_t rows) {
  tiles::panel<tiles::Half, 6, 2>(p, a, row, rows);
}
__attribute__((target("arch=x86-64-v4"))) void small_v4(const Gemm& p) {
  tiles::small<tiles::Wide, 8>(p);
}
__attribute__((target("arch=x86-64-v3"))) void small_v3(const Gemm& p) {
  tiles::small<tiles::Half, 4>(p);
}
bool has_v4() { return kWithAvx512 && __builtin_cpu_supports("x86-64-v4"); }
bool has_v3() { return __builtin_cpu_supports("x86-64-v3"); }
bool is_amd() { return __builtin_cpu_is("amd"); }
#else
void panel_v4(const Panel& p, MatrixView a, int64_t row, int64_t rows) {
  tiles::panel<tiles::Half, 2, 4>(p, a, row, rows);
}
void panel_v3(const Panel& p, MatrixView a, int64_t row, int64_t rows) {
  panel_v4(p, a, row, rows);
}
void small_v4(const Gemm& p) { tiles::small<tiles::Half, 2>(p); }
void small_v3(const Gemm& p) { small_v4(p); }
bool has_v4() { return false; }
bool has_v3() { return false; }
bool is_amd() { return false; }
#endif

void panel_plain(const Panel& p, MatrixView a, int64_t row, int64_t rows) {
  tiles::panel<tiles::Half, 2, 4>(p, a, row, rows);
}
void small_plain(const Gemm& p) { tiles::small<tiles::Half, 2>(p); }

// With AVX2, tiles write their results so slowly beside the multiplications that long sums pay.
const Machine& machine() {
  static const Machine best = has_v4()   ? Machine{panel_v4, small_v4, 32, 256, 512}
                              : has_v3() ? Machine{panel_v3, small_v3, 16, 1024, 128}
                                         : Machine{panel_plain, small_plain, 32, 256, 512};
  return best;
}

struct Scratch {
  std::shared_ptr<float[]> panel =
      aligned_numbers<float>(machine().depth_block * machine().column_block);
  std::shared_ptr<float[]> rows = aligned_numbers<float>(machine().depth_block * kRowBlock);
};

// Reads contiguous rows of `a` in place. A transposed `a` is packed, a block of rows at a time,
// because each of its numbers would come from another cache line.
void multiply_panel(const Panel& p, MatrixView a, int64_t rows, float* row_scratch) {
  if (a.column == 1) return machine().panel(p, a, 0, rows);
  for (int64_t row = 0; row < rows; row += kRowBlock) {
    const int64_t count = std::min(kRowBlock, rows - row);
    pack_lines(a.from(row, 0), count, p.depth, row_scratch, kRowBlock);
    machine().panel(p, {row_scratch, 1, kRowBlock}, row, count);
  }
}

}  // namespace

void gemm(const Gemm& p) {
  thread_local Scratch scratch;
  const int64_t strip = machine().strip, column_block = machine().column_block;
  // the rows of a transposed a are packed, and should stay in the cache beside the panel
  const int64_t depth_block =
      p.a.column == 1 ? machine().depth_block : std::min(machine().depth_block, kPackedDepth);
  for (int64_t column = 0; column < p.columns; column += column_block) {
    const int64_t columns = std::min(column_block, p.columns - column);
    for (int64_t k = 0; k < p.depth; k += depth_block) {
      const int64_t depth = std::min(depth_block, p.depth - k);
      pack_strips(p.b.from(k, column), depth, columns, p.scale, scratch.panel.get(), strip,
                  depth * strip);
      const Panel panel{.columns = columns,
                        .depth = depth,
                        .packed = scratch.panel.get(),
                        .strip_size = depth * strip,
                        .out = p.out + column,
                        .out_row = p.out_row,
                        .accumulate = p.accumulate || k > 0};
      multiply_panel(panel, p.a.from(0, k), p.rows, scratch.rows.get());
    }
  }
}

void small_gemm(const Gemm& p) { machine().small(p); }

PrepackedMatrix::PrepackedMatrix(MatrixView b, int64_t depth, int64_t columns)
    : depth_(depth), columns_(columns) {
  const int64_t strip = machine().strip;
  strips_ = aligned_numbers<float>((columns + strip - 1) / strip * strip * depth);
  pack_strips(b, depth, columns, 1, strips_.get(), strip, depth * strip);
}

void PrepackedMatrix::multiply(const MatrixView& a, int64_t rows, int64_t first, int64_t last,
                               float* out, int64_t out_row, float scale) const {
  thread_local Scratch scratch;
  const int64_t strip = machine().strip;
  // With few rows, reading the matrix takes the time: it is read once, from end to end.
  const bool stream = rows <= 8 && a.column == 1;
  const int64_t depth_block = stream ? depth_ : machine().depth_block;
  const int64_t column_block = stream ? last - first : machine().column_block;
  for (int64_t column = first; column < last; column += column_block) {
    for (int64_t k = 0; k < depth_; k += depth_block) {
      const Panel panel{.columns = std::min(column_block, last - column),
                        .depth = std::min(depth_block, depth_ - k),
                        .packed = strips_.get() + column * depth_ + k * strip,
                        .strip_size = depth_ * strip,
                        .out = out + column - first,
                        .out_row = out_row,
                        .accumulate = k > 0};
      multiply_panel(panel, a.from(0, k), rows, scratch.rows.get());
    }
  }
  if (scale == 1) return;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < last - first; ++i) out[row * out_row + i] *= scale;
  }
}

namespace {

// What DOVETAIL_GEMM says ("own", "mkl"), else what is faster here.
bool own_is_chosen(bool faster) {
  const char* given = std::getenv("DOVETAIL_GEMM");
  const std::string_view choice = given == nullptr ? "" : given;
  return choice == "own" || (choice != "mkl" && faster);
}

}  // namespace

bool own_gemm_is_faster() {
  static const bool chosen = own_is_chosen(is_amd() && has_v3());  // each product asks
  return chosen;
}

bool prepacked_gemm_is_faster() {
  static const bool chosen = own_is_chosen(has_v3());
  return chosen;
}

}  // namespace dovetail
