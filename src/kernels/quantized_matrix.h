// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

// Products in eight-bit integers, for weights that do not change: the W8A8 of the literature, with
// a scale for each output channel and, measured anew in each product, for each row of activations.
namespace dovetail {

// How a product of integers is computed; the sums are the same. `plain` runs anywhere.
enum class Int8Instructions { plain, avx2, vnni, amx };

// The last of them that this machine has.
Int8Instructions best_int8_instructions();

// Rows of activations: x = scale * (code - 128), with codes of 1 to 255 and 127 * scale the
// greatest magnitude of the row. A row with a number that is not finite has no finite scale.
class QuantizedRows {
 public:
  QuantizedRows(int64_t rows, int64_t depth, Int8Instructions by = best_int8_instructions());

  // Takes the rows first .. last - 1 of factor * x; those of x are contiguous, `row` numbers apart.
  void quantize(const float* x, int64_t row, int64_t first, int64_t last, float factor = 1);

  int64_t rows() const { return rows_; }
  int64_t depth() const { return depth_; }
  Int8Instructions by() const { return by_; }  // the products that read these rows
  const uint8_t* codes(int64_t row) const;
  const float* scales() const { return scales_.get(); }

 private:
  int64_t rows_, depth_, padded_depth_;
  Int8Instructions by_;
  std::shared_ptr<uint8_t[]> codes_;
  std::shared_ptr<float[]> scales_;  // [rows]
};

// A weight matrix W [columns, depth] for products x W^T: codes of -63 to 63, and the scale of a
// column gives its greatest magnitude 63. It takes a quarter of the memory of float32.
class QuantizedMatrix {
 public:
  QuantizedMatrix() = default;  // of no size
  QuantizedMatrix(const float* weights, int64_t columns, int64_t depth);

  int64_t depth() const { return depth_; }
  int64_t columns() const { return columns_; }

  // out = x * (columns first .. last - 1)^T in float32, where `first` is a multiple of kColumnUnit.
  // Sums of products are exact integers, for depths up to 65,536.
  void multiply(const QuantizedRows& x, int64_t first, int64_t last, float* out,
                int64_t out_row) const;

  static constexpr int64_t kColumnUnit = 32;

 private:
  std::shared_ptr<int8_t[]> strips_;  // [strips, padded depth / 4, 16 columns, 4]
  std::vector<float> scales_;         // of a column
  std::vector<int32_t> offsets_;      // 128 times the sum of a column's codes
  int64_t depth_ = 0, padded_depth_ = 0, columns_ = 0;
};

}  // namespace dovetail
