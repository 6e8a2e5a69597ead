// SPDX-License-Identifier: Apache-2.0
#include "kernels/matmul.h"

#include <ATen/Parallel.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>

#include "kernels/autograd_node.h"
#include "kernels/product.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kWorthAThread = 1 << 18;  // multiplications

bool is_a_view(const Tensor& x) {
  return is_plain_float(x) && (x.stride(0) == 1 || x.stride(1) == 1) && x.stride(0) > 0 &&
         x.stride(1) > 0;
}

MatrixView view_of(const Tensor& x) {
  // of a single row or column, both strides may be 1: the other one is then never used
  if (x.stride(1) == 1 || x.size(1) == 1) return {x.const_data_ptr<float>(), x.stride(0), 1};
  return {x.const_data_ptr<float>(), 1, x.stride(1)};
}

// Threads share the result's columns, a multiple of a strip each; or its rows, where they are many
// more.
void on_threads(const Product& whole) {
  const int64_t strips = (whole.columns + PackedMatrix::kStrip - 1) / PackedMatrix::kStrip;
  const bool by_rows = whole.rows >= 4 * whole.columns;
  const int64_t unit = by_rows ? 8 : PackedMatrix::kStrip;
  const int64_t units = by_rows ? (whole.rows + unit - 1) / unit : strips;
  const int64_t each =
      std::max<int64_t>(1, unit * whole.depth * (by_rows ? whole.columns : whole.rows));
  at::parallel_for(
      0, units, std::max<int64_t>(1, kWorthAThread / each), [&](int64_t begin, int64_t end) {
        Product part = whole;
        const int64_t first = begin * unit,
                      last = std::min(end * unit, by_rows ? whole.rows : whole.columns);
        if (by_rows) {
          part.rows = last - first;
          part.a = whole.a.from(first, 0);
          part.out += first * whole.out_row;
        } else {
          part.columns = last - first;
          part.b = whole.b.from(0, first);
          part.out += first;
        }
        product(part);
      });
}

}  // namespace

void matmul_into(const Tensor& out, const Tensor& a, const Tensor& b, double scale,
                 bool accumulate) {
  const bool own = own_products_are_faster() && is_a_view(a) && is_a_view(b) &&
                   is_plain_float(out) && out.stride(1) == 1 && out.numel() > 0 && a.size(1) > 0;
  if (!own) {
    Tensor result = out;
    at::addmm_out(result, result, a, b, accumulate ? 1 : 0, scale);
    return;
  }
  on_threads({out.size(0), out.size(1), a.size(1), view_of(a), view_of(b), out.data_ptr<float>(),
              out.stride(0), static_cast<float>(scale), accumulate});
}

Tensor packed_product(const Tensor& a, const PackedMatrix& b, double scale) {
  const Tensor in = a.contiguous();
  const int64_t rows = in.size(0), columns = b.columns();
  const Tensor out = at::empty({rows, columns}, in.options());
  float* to = out.data_ptr<float>();
  const MatrixView view{in.const_data_ptr<float>(), in.size(1), 1};
  const int64_t strips = (columns + PackedMatrix::kStrip - 1) / PackedMatrix::kStrip;
  const int64_t each =
      std::max<int64_t>(1, PackedMatrix::kStrip * b.depth() * std::max<int64_t>(rows, 1));
  at::parallel_for(0, strips, std::max<int64_t>(1, kWorthAThread / each),
                   [&](int64_t begin, int64_t end) {
                     const int64_t first = begin * PackedMatrix::kStrip;
                     b.multiply(view, rows, first, std::min(end * PackedMatrix::kStrip, columns),
                                to + first, columns, static_cast<float>(scale));
                   });
  return out;
}

Tensor matrix_product(const Tensor& a, const Tensor& b, double scale) {
  const Tensor out = at::empty({a.size(0), b.size(1)}, a.options());
  matmul_into(out, a, b, scale);
  return out;
}

}  // namespace dovetail
