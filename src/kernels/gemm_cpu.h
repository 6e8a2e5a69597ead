// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

namespace dovetail {

// A matrix in memory: element (i, j) is data[i * row + j * column]. One of the two strides is 1.
struct MatrixView {
  const float* data = nullptr;
  int64_t row = 0, column = 0;

  MatrixView from(int64_t i, int64_t j) const { return {data + i * row + j * column, row, column}; }
};

// out[m, n] = scale * sum over k of a[m, k] * b[k, n], or that added to out.
struct Gemm {
  int64_t rows = 0, columns = 0, depth = 0;
  MatrixView a, b;
  float* out = nullptr;
  int64_t out_row = 0;
  float scale = 1;
  bool accumulate = false;
};

// Goto and van de Geijn 2008: b goes through the second-level cache in packed panels, rows of a
// stay in the first, and a tile of the result in registers. The instruction set is chosen at run
// time.
void gemm(const Gemm& work);

// The same for a few dozen rows and columns that are in the nearest caches already: nothing is
// packed. b.column must be 1; scale and accumulate are ignored.
void small_gemm(const Gemm& work);

// A matrix [depth, columns] that is packed once for many calls: weights that do not change.
class PrepackedMatrix {
 public:
  PrepackedMatrix() = default;  // of no size
  PrepackedMatrix(MatrixView b, int64_t depth, int64_t columns);

  int64_t depth() const { return depth_; }
  int64_t columns() const { return columns_; }
  // out = scale * a * (columns first .. last - 1 of this matrix). a is [rows, depth]; first must be
  // a multiple of kColumnUnit.
  void multiply(const MatrixView& a, int64_t rows, int64_t first, int64_t last, float* out,
                int64_t out_row, float scale = 1) const;

  static constexpr int64_t kColumnUnit = 32;  // a multiple of every machine's strip

 private:
  std::shared_ptr<float[]> strips_;  // [strips, depth, columns of a strip]
  int64_t depth_ = 0, columns_ = 0;
};

// Whether gemm() is faster here than LibTorch's matmul: on AMD's processors, where MKL falls back
// to AVX2 and to slower tiles. The environment's DOVETAIL_GEMM=own or =mkl overrides it.
bool own_gemm_is_faster();

// Whether a prepacked matrix is faster: MKL rearranges the weights in each product, which takes a
// fifth of a generation's time. On any processor with AVX2; DOVETAIL_GEMM=mkl says no.
bool prepacked_gemm_is_faster();

}  // namespace dovetail
