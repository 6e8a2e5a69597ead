// SPDX-License-Identifier: Apache-2.0
#include "kernels/activation_cpu.h"

#include "kernels/simd.h"
#include "kernels/vector_math.h"

namespace dovetail {

namespace {

// The tanh approximation of GELU (Hendrycks and Gimpel 2016), as T5 v1.1 was trained with.
constexpr float kGeluScale = 0.7978845608f, kGeluCubic = 0.044715f;

inline float gelu(float x) {
  return 0.5f * x * (1.0f + vector_tanh(kGeluScale * (x + kGeluCubic * x * x * x)));
}
inline float gelu_slope(float x) {
  const float t = vector_tanh(kGeluScale * (x + kGeluCubic * x * x * x));
  const float inner = kGeluScale * (1.0f + 3.0f * kGeluCubic * x * x);
  return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * inner;
}
inline float silu(float x) { return x * vector_sigmoid(x); }
inline float silu_slope(float x) {
  const float s = vector_sigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

inline uint32_t element(int64_t begin, int64_t i) {
  return static_cast<uint32_t>(begin) + static_cast<uint32_t>(i);
}

DOVETAIL_SIMD void relu_row(const float* in, float* out, int64_t begin, int64_t width,
                            const DropoutBits& bits) {
  const DropoutBits dropout = bits;
  if (dropout.threshold == 0) {
    for (int64_t i = 0; i < width; ++i) out[i] = in[i] > 0 ? in[i] : 0.0f;
  } else {
    for (int64_t i = 0; i < width; ++i) {
      const float positive = in[i] > 0 ? in[i] : 0.0f;
      out[i] = positive * dropout.factor(element(begin, i));
    }
  }
}

DOVETAIL_SIMD void gelu_row(const float* __restrict in, float* __restrict out, int64_t begin,
                            int64_t width, const DropoutBits& bits) {
  const DropoutBits dropout = bits;
  for (int64_t i = 0; i < width; ++i) {
    out[i] = gelu(in[i]) * in[width + i] * dropout.factor(element(begin, i));
  }
}

DOVETAIL_SIMD void silu_row(const float* __restrict in, float* __restrict out, int64_t begin,
                            int64_t width, const DropoutBits& bits) {
  const DropoutBits dropout = bits;
  for (int64_t i = 0; i < width; ++i) {
    out[i] = silu(in[i]) * in[width + i] * dropout.factor(element(begin, i));
  }
}

DOVETAIL_SIMD void gelu_row_backward(const float* __restrict dout, const float* __restrict in,
                                     float* __restrict din, int64_t begin, int64_t width,
                                     const DropoutBits& bits) {
  const DropoutBits dropout = bits;
  for (int64_t i = 0; i < width; ++i) {
    const float d = dout[i] * dropout.factor(element(begin, i));
    din[i] = d * in[width + i] * gelu_slope(in[i]);
    din[width + i] = d * gelu(in[i]);
  }
}

DOVETAIL_SIMD void silu_row_backward(const float* __restrict dout, const float* __restrict in,
                                     float* __restrict din, int64_t begin, int64_t width,
                                     const DropoutBits& bits) {
  const DropoutBits dropout = bits;
  for (int64_t i = 0; i < width; ++i) {
    const float d = dout[i] * dropout.factor(element(begin, i));
    din[i] = d * in[width + i] * silu_slope(in[i]);
    din[width + i] = d * silu(in[i]);
  }
}

}  // namespace

void activation_row(Activation activation, const float* in, float* out, int64_t begin,
                    int64_t width, const DropoutBits& dropout) {
  switch (activation) {
    case Activation::relu: return relu_row(in, out, begin, width, dropout);
    case Activation::gated_gelu: return gelu_row(in, out, begin, width, dropout);
    case Activation::gated_silu: return silu_row(in, out, begin, width, dropout);
  }
}

DOVETAIL_SIMD void relu_row_backward(const float* dout, const float* out, float* din, int64_t width,
                                     float scale) {
  for (int64_t i = 0; i < width; ++i) din[i] = out[i] > 0 ? dout[i] * scale : 0.0f;
}

void gated_row_backward(Activation activation, const float* dout, const float* in, float* din,
                        int64_t begin, int64_t width, const DropoutBits& dropout) {
  if (activation == Activation::gated_gelu) {
    gelu_row_backward(dout, in, din, begin, width, dropout);
  } else {
    silu_row_backward(dout, in, din, begin, width, dropout);
  }
}

}  // namespace dovetail
