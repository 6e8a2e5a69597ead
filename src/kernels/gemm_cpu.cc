// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_cpu.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstdlib>
#include <new>
#include <string_view>

#include "kernels/gemm_cpu_tiles.h"
#include "kernels/gemm_pack_cpu.h"

namespace dovetail {

namespace {

using tiles::Panel;

// A panel of b takes half of a usual second-level cache.
constexpr int64_t kDepthBlock = 256, kColumnBlock = 512, kRowBlock = 64;

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("arch=x86-64-v4"))) void panel_v4(const Panel& p, MatrixView a, int64_t row,
                                                        int64_t rows) {
  tiles::panel<tiles::Wide, 8>(p, a, row, rows);
}
__attribute__((target("arch=x86-64-v3"))) void panel_v3(const Panel& p, MatrixView a, int64_t row,
                                                        int64_t rows) {
  tiles::panel<tiles::Half, 3>(p, a, row, rows);
}
__attribute__((target("arch=x86-64-v4"))) void small_v4(const Gemm& p) {
  tiles::small<tiles::Wide, 8>(p);
}
__attribute__((target("arch=x86-64-v3"))) void small_v3(const Gemm& p) {
  tiles::small<tiles::Half, 4>(p);
}
bool has_v4() { return __builtin_cpu_supports("x86-64-v4"); }
bool has_v3() { return __builtin_cpu_supports("x86-64-v3"); }
bool is_amd() { return __builtin_cpu_is("amd"); }
#else
void panel_v4(const Panel& p, MatrixView a, int64_t row, int64_t rows) {
  tiles::panel<tiles::Half, 2>(p, a, row, rows);
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
  tiles::panel<tiles::Half, 2>(p, a, row, rows);
}
void small_plain(const Gemm& p) { tiles::small<tiles::Half, 2>(p); }

void run_panel(const Panel& p, MatrixView a, int64_t row, int64_t rows) {
  static const auto best = has_v4() ? panel_v4 : has_v3() ? panel_v3 : panel_plain;
  best(p, a, row, rows);
}

// Puts big blocks on huge pages where the system has them. A weight matrix is read from end to end
// for a single token, and a new page every 4 KiB slows prefetching and address translation.
std::shared_ptr<float[]> aligned_numbers(int64_t count) {
  constexpr size_t kHugePage = size_t{1} << 21, kLine = 64;
  const size_t bytes = static_cast<size_t>(count) * sizeof(float);
  const size_t unit = bytes >= kHugePage ? kHugePage : kLine;
  const size_t whole = (bytes + unit - 1) / unit * unit;
  void* memory = std::aligned_alloc(unit, whole);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  if (unit == kHugePage) ::madvise(memory, whole, MADV_HUGEPAGE);  // may fail, without harm
#endif
  return {static_cast<float*>(memory), [](float* p) { std::free(p); }};
}

struct Scratch {
  std::shared_ptr<float[]> panel = aligned_numbers(kDepthBlock * kColumnBlock);
  std::shared_ptr<float[]> rows = aligned_numbers(kDepthBlock * kRowBlock);
};

// Reads contiguous rows of `a` in place. A transposed `a` is packed, a block of rows at a time,
// because each of its numbers would come from another cache line.
void multiply_panel(const Panel& p, MatrixView a, int64_t rows, float* row_scratch) {
  if (a.column == 1) return run_panel(p, a, 0, rows);
  for (int64_t row = 0; row < rows; row += kRowBlock) {
    const int64_t count = std::min(kRowBlock, rows - row);
    pack_lines(a.from(row, 0), count, p.depth, row_scratch, kRowBlock);
    run_panel(p, {row_scratch, 1, kRowBlock}, row, count);
  }
}

}  // namespace

void gemm(const Gemm& p) {
  thread_local Scratch scratch;
  constexpr int64_t kStrip = PrepackedMatrix::kStrip;
  for (int64_t column = 0; column < p.columns; column += kColumnBlock) {
    const int64_t columns = std::min(kColumnBlock, p.columns - column);
    for (int64_t k = 0; k < p.depth; k += kDepthBlock) {
      const int64_t depth = std::min(kDepthBlock, p.depth - k);
      pack_strips(p.b.from(k, column), depth, columns, p.scale, scratch.panel.get(),
                  depth * kStrip);
      const Panel panel{.columns = columns,
                        .depth = depth,
                        .packed = scratch.panel.get(),
                        .strip_size = depth * kStrip,
                        .out = p.out + column,
                        .out_row = p.out_row,
                        .accumulate = p.accumulate || k > 0};
      multiply_panel(panel, p.a.from(0, k), p.rows, scratch.rows.get());
    }
  }
}

void small_gemm(const Gemm& p) {
  static const auto best = has_v4() ? small_v4 : has_v3() ? small_v3 : small_plain;
  best(p);
}

PrepackedMatrix::PrepackedMatrix(MatrixView b, int64_t depth, int64_t columns)
    : depth_(depth), columns_(columns) {
  strips_ = aligned_numbers((columns + kStrip - 1) / kStrip * kStrip * depth);
  pack_strips(b, depth, columns, 1, strips_.get(), depth * kStrip);
}

void PrepackedMatrix::multiply(const MatrixView& a, int64_t rows, int64_t first, int64_t last,
                               float* out, int64_t out_row, float scale) const {
  thread_local Scratch scratch;
  // With few rows, reading the matrix takes the time: it is read once, from end to end.
  const bool stream = rows <= 8 && a.column == 1;
  const int64_t depth_block = stream ? depth_ : kDepthBlock;
  const int64_t column_block = stream ? last - first : kColumnBlock;
  for (int64_t column = first; column < last; column += column_block) {
    for (int64_t k = 0; k < depth_; k += depth_block) {
      const Panel panel{.columns = std::min(column_block, last - column),
                        .depth = std::min(depth_block, depth_ - k),
                        .packed = strips_.get() + column * depth_ + k * kStrip,
                        .strip_size = depth_ * kStrip,
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

bool own_gemm_is_faster() {
  static const bool faster = [] {
    const char* choice = std::getenv("DOVETAIL_GEMM");
    if (choice != nullptr && std::string_view(choice) == "own") return true;
    if (choice != nullptr && std::string_view(choice) == "mkl") return false;
    return is_amd() && has_v4();
  }();
  return faster;
}

}  // namespace dovetail
