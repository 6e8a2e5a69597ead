// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

namespace dovetail {

// A matrix in memory: element (i, j) is data[i * row + j * column]; one of the two is 1.
struct MatrixView {
  const float* data;
  int64_t row, column;

  MatrixView from(int64_t i, int64_t j) const { return {data + i * row + j * column, row, column}; }
};

// out[m, n] = scale * sum over k of a[m, k] * b[k, n], or that added to what is there. Goto and van
// de Geijn 2008: b goes through the second-level cache in packed panels, rows of a stay in the
// first, and a tile of the result in registers. The instruction set is chosen when called.
struct Product {
  int64_t rows, columns, depth;
  MatrixView a, b;
  float* out;
  int64_t out_row;
  float scale = 1;
  bool accumulate = false;
};
void product(const Product& product);

// The same for a few dozen rows and columns that are in the nearest caches already: nothing is
// packed. b.column must be 1; no scale, no accumulation.
void small_product(const Product& product);

// A matrix [depth, columns] packed once for many products: weights that stay as they are.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(MatrixView b, int64_t depth, int64_t columns);

  int64_t depth() const { return depth_; }
  int64_t columns() const { return columns_; }
  // Columns first .. last - 1 of rows * this; first must be a multiple of kStrip.
  void multiply(const MatrixView& a, int64_t rows, int64_t first, int64_t last, float* out,
                int64_t out_row, float scale = 1) const;

  static constexpr int64_t kStrip = 32;  // columns that lie together

 private:
  std::shared_ptr<float[]> packed_;  // [strips, depth, kStrip]
  int64_t depth_ = 0, columns_ = 0;
};

// Whether these products are the faster ones here: on AMD's processors with AVX-512, where MKL
// falls back to AVX2. DOVETAIL_PRODUCTS=own or =mkl in the environment decides otherwise.
bool own_products_are_faster();

}  // namespace dovetail
