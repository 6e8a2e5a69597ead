// SPDX-License-Identifier: Apache-2.0
#include "kernels/matmul.h"

#include <ATen/Parallel.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include "base/error.h"
#include "kernels/autograd_node.h"
#include "kernels/gemm_cpu.h"

namespace dovetail {

using at::Tensor;

namespace {

constexpr int64_t kWorthAThread = 1 << 18;      // multiplications
constexpr int64_t kInt8WorthAThread = 1 << 21;  // of bytes
constexpr int64_t kRowsOfReading = 16;          // reading a weight takes as long as that many rows

bool is_matrix_view(const Tensor& x) {
  return is_plain_float(x) && (x.stride(0) == 1 || x.stride(1) == 1) && x.stride(0) > 0 &&
         x.stride(1) > 0;
}

MatrixView view_of(const Tensor& x) {
  // with a single row or column both strides may be 1; the other one is then never used
  if (x.stride(1) == 1 || x.size(1) == 1) return {x.const_data_ptr<float>(), x.stride(0), 1};
  return {x.const_data_ptr<float>(), 1, x.stride(1)};
}

// Splits the result by columns, in multiples of a strip, or by rows if they are many more.
void gemm_on_threads(const Gemm& whole) {
  const int64_t strips =
      (whole.columns + PrepackedMatrix::kColumnUnit - 1) / PrepackedMatrix::kColumnUnit;
  const bool by_rows = whole.rows >= 4 * whole.columns;
  const int64_t unit = by_rows ? 8 : PrepackedMatrix::kColumnUnit;
  const int64_t units = by_rows ? (whole.rows + unit - 1) / unit : strips;
  const int64_t each =
      std::max<int64_t>(1, unit * whole.depth * (by_rows ? whole.columns : whole.rows));
  at::parallel_for(
      0, units, std::max<int64_t>(1, kWorthAThread / each), [&](int64_t begin, int64_t end) {
        Gemm part = whole;
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
        gemm(part);
      });
}

}  // namespace

void matmul_into(const Tensor& out, const Tensor& a, const Tensor& b, double scale,
                 bool accumulate) {
  const bool own = own_gemm_is_faster() && is_matrix_view(a) && is_matrix_view(b) &&
                   is_plain_float(out) && out.stride(1) == 1 && out.numel() > 0 && a.size(1) > 0;
  if (!own) {
    Tensor result = out;
    at::addmm_out(result, result, a, b, accumulate ? 1 : 0, scale);
    return;
  }
  gemm_on_threads({.rows = out.size(0),
                   .columns = out.size(1),
                   .depth = a.size(1),
                   .a = view_of(a),
                   .b = view_of(b),
                   .out = out.data_ptr<float>(),
                   .out_row = out.stride(0),
                   .scale = static_cast<float>(scale),
                   .accumulate = accumulate});
}

Tensor matmul_prepacked(const Tensor& a, const PrepackedMatrix& b, double scale) {
  const Tensor in = a.contiguous();
  const int64_t rows = in.size(0), columns = b.columns();
  const Tensor out = at::empty({rows, columns}, in.options());
  float* to = out.data_ptr<float>();
  const MatrixView view{in.const_data_ptr<float>(), in.size(1), 1};
  const int64_t strips =
      (columns + PrepackedMatrix::kColumnUnit - 1) / PrepackedMatrix::kColumnUnit;
  const int64_t each =
      std::max<int64_t>(1, PrepackedMatrix::kColumnUnit * b.depth() * std::max<int64_t>(rows, 1));
  at::parallel_for(
      0, strips, std::max<int64_t>(1, kWorthAThread / each), [&](int64_t begin, int64_t end) {
        const int64_t first = begin * PrepackedMatrix::kColumnUnit;
        b.multiply(view, rows, first, std::min(end * PrepackedMatrix::kColumnUnit, columns),
                   to + first, columns, static_cast<float>(scale));
      });
  return out;
}

Tensor matmul_quantized(const Tensor& a, const QuantizedMatrix& b, double scale) {
  DOVETAIL_CHECK(is_plain_float(a));
  const Tensor in = a.contiguous();
  const int64_t rows = in.size(0), depth = b.depth(), columns = b.columns();
  const float* from = in.const_data_ptr<float>();
  QuantizedRows codes(rows, depth);
  at::parallel_for(0, rows, std::max<int64_t>(1, kWorthAThread / depth),
                   [&](int64_t first, int64_t last) {
                     codes.quantize(from, depth, first, last, static_cast<float>(scale));
                   });
  const Tensor out = at::empty({rows, columns}, in.options());
  float* to = out.data_ptr<float>();
  constexpr int64_t kUnit = QuantizedMatrix::kColumnUnit;
  const int64_t each = kUnit * depth * (rows + kRowsOfReading);
  at::parallel_for(0, (columns + kUnit - 1) / kUnit, std::max<int64_t>(1, kInt8WorthAThread / each),
                   [&](int64_t begin, int64_t end) {
                     b.multiply(codes, begin * kUnit, std::min(end * kUnit, columns),
                                to + begin * kUnit, columns);
                   });
  return out;
}

Tensor scaled_matmul(const Tensor& a, const Tensor& b, double scale) {
  const Tensor out = at::empty({a.size(0), b.size(1)}, a.options());
  matmul_into(out, a, b, scale);
  return out;
}

Tensor matmul_rounded(const Tensor& a, const Tensor& b, double scale) {
  const Tensor product = at::linear(a.to(b.scalar_type()), b).to(at::kFloat);
  return scale == 1 ? product : product.mul(scale);
}

}  // namespace dovetail
