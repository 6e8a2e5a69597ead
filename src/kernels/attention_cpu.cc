// SPDX-License-Identifier: Apache-2.0
#include "kernels/attention_cpu.h"

#include "kernels/dropout_cpu.h"
#include "kernels/gemm_cpu.h"
#include "kernels/simd.h"
#include "kernels/vector_math.h"

namespace dovetail {

namespace {

constexpr float kNever = -1e30f;  // far below any score; the sum of two does not overflow

// Turns a row of scores into probabilities; those past the last key become 0.
// `segment`: of the query; null: the mask is 1 or 0.
DOVETAIL_SIMD void softmax_row(float* scores, const float* bias, const float* mask,
                               const float* segment, int64_t keys, int64_t padded) {
  if (bias != nullptr) {
    for (int64_t s = 0; s < keys; ++s) scores[s] += bias[s];
  }
  if (mask != nullptr && segment != nullptr) {
    const float own = *segment;
    for (int64_t s = 0; s < keys; ++s) scores[s] = mask[s] == own ? scores[s] : kNever;
  } else if (mask != nullptr) {
    for (int64_t s = 0; s < keys; ++s) scores[s] = mask[s] > 0 ? scores[s] : kNever;
  }
  float largest = scores[0];
  for (int64_t s = 0; s < keys; ++s) largest = scores[s] > largest ? scores[s] : largest;
  float sum = 0;
  for (int64_t s = 0; s < keys; ++s) {
    const float value = vector_exp(scores[s] - largest);
    scores[s] = value;
    sum += value;
  }
  const float inverse = 1.0f / sum;
  for (int64_t s = 0; s < keys; ++s) scores[s] *= inverse;
  for (int64_t s = keys; s < padded; ++s) scores[s] = 0;
}

// ds = p * (dp - sum(p * dp)). `ds` comes in with the gradient after dropout, from which dp is
// made; `index` is that of the row's first element among all probabilities.
DOVETAIL_SIMD void softmax_row_backward(const float* p, float* ds, int64_t index, int64_t padded,
                                        const DropoutBits& bits) {
  const DropoutBits dropout = bits;
  float dot = 0;
  if (dropout.threshold == 0) {
    for (int64_t s = 0; s < padded; ++s) dot += p[s] * ds[s];
  } else {
    for (int64_t s = 0; s < padded; ++s) {
      const float d =
          ds[s] * dropout.factor(static_cast<uint32_t>(index) + static_cast<uint32_t>(s));
      ds[s] = d;
      dot += p[s] * d;
    }
  }
  for (int64_t s = 0; s < padded; ++s) ds[s] = p[s] * (ds[s] - dot);
}

DOVETAIL_SIMD void add_row(const float* in, float* sum, int64_t count) {
  for (int64_t i = 0; i < count; ++i) sum[i] += in[i];
}

// out[column, row] = in[row, column], the rows of `out` filled with zeros up to `padded`.
DOVETAIL_SIMD void transpose_block(const float* in, int64_t in_row, int64_t rows, int64_t columns,
                                   float* out, int64_t padded) {
  for (int64_t column = 0; column < columns; ++column) {
    float* line = out + column * padded;
    for (int64_t row = 0; row < rows; ++row) line[row] = in[row * in_row + column];
    for (int64_t row = rows; row < padded; ++row) line[row] = 0;
  }
}

// Offsets of one head of one sequence within the whole tensors.
struct HeadOffsets {
  HeadOffsets(const AttentionShape& s, int64_t batch, int64_t head)
      : q(batch * s.queries * s.q_stride + head * s.channels),
        kv(batch * s.keys * s.kv_stride + head * s.channels),
        out(batch * s.queries * s.out_stride + head * s.channels),
        probabilities((batch * s.heads + head) * s.queries * s.padded_keys()) {}
  int64_t q, kv, out, probabilities;
};

struct GemmSize {
  int64_t rows, columns, depth;
};
void multiply_head(const GemmSize& size, MatrixView a, MatrixView b, float* out, int64_t out_row) {
  small_gemm({.rows = size.rows,
              .columns = size.columns,
              .depth = size.depth,
              .a = a,
              .b = b,
              .out = out,
              .out_row = out_row});
}

// Turns the gradient of the probabilities into that of the scores, in place, and adds it to the
// bias's.
void scores_backward(const AttentionBackward& work, int64_t head, int64_t first, float* ds) {
  const AttentionShape& s = work.shape;
  const int64_t padded = s.padded_keys();
  const float* p = work.probabilities + first;
  for (int64_t t = 0; t < s.queries; ++t) {
    softmax_row_backward(p + t * padded, ds + t * padded, first + t * padded, padded, work.dropout);
    if (work.dbias != nullptr) {
      add_row(ds + t * padded, work.dbias + (head * s.queries + t) * s.keys, s.keys);
    }
  }
}

}  // namespace

int64_t attention_scratch(const AttentionShape& shape) {
  return (shape.channels + 2 * shape.queries) * shape.padded_keys();
}

void attention_forward(const AttentionForward& work, int64_t batch, int64_t head, float* scratch) {
  const AttentionShape& s = work.shape;
  const HeadOffsets at(s, batch, head);
  const int64_t padded = s.padded_keys();
  float* p = work.probabilities + at.probabilities;
  transpose_block(work.k + at.kv, s.kv_stride, s.keys, s.channels, scratch, padded);
  multiply_head({s.queries, padded, s.channels}, {work.q + at.q, s.q_stride, 1},
                {scratch, padded, 1}, p, padded);
  for (int64_t t = 0; t < s.queries; ++t) {
    const float* bias =
        work.bias == nullptr ? nullptr : work.bias + (head * s.queries + t) * s.keys;
    const float* mask = work.mask == nullptr ? nullptr : work.mask + batch * s.keys;
    const float* segment =
        work.segments == nullptr ? nullptr : work.segments + batch * s.queries + t;
    softmax_row(p + t * padded, bias, mask, segment, s.keys, padded);
  }
  const float* kept = p;
  if (work.dropout.threshold > 0) {
    dropout_row(p, scratch, at.probabilities, s.queries * padded, work.dropout);
    kept = scratch;
  }
  multiply_head({s.queries, s.channels, s.keys}, {kept, padded, 1},
                {work.v + at.kv, s.kv_stride, 1}, work.out + at.out, s.out_stride);
}

void attention_backward(const AttentionBackward& work, int64_t batch, int64_t head,
                        float* scratch) {
  const AttentionShape& s = work.shape;
  const HeadOffsets at(s, batch, head);
  const int64_t padded = s.padded_keys();
  const MatrixView dout{work.dout + at.out, s.out_stride, 1};
  float* v_transposed = scratch;
  float* kept = scratch + s.channels * padded;
  float* ds = kept + s.queries * padded;

  dropout_row(work.probabilities + at.probabilities, kept, at.probabilities, s.queries * padded,
              work.dropout);
  multiply_head({s.keys, s.channels, s.queries}, {kept, 1, padded}, dout, work.dv + at.kv,
                s.kv_stride);
  transpose_block(work.v + at.kv, s.kv_stride, s.keys, s.channels, v_transposed, padded);
  multiply_head({s.queries, padded, s.channels}, dout, {v_transposed, padded, 1}, ds, padded);
  scores_backward(work, head, at.probabilities, ds);
  multiply_head({s.queries, s.channels, s.keys}, {ds, padded, 1}, {work.k + at.kv, s.kv_stride, 1},
                work.dq + at.q, s.q_stride);
  multiply_head({s.keys, s.channels, s.queries}, {ds, 1, padded}, {work.q + at.q, s.q_stride, 1},
                work.dk + at.kv, s.kv_stride);
}

}  // namespace dovetail
