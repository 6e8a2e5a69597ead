// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

// Scalar functions without branches or tables, so that a loop over them is vectorised.
namespace dovetail {

// Keeps an expression from being reassociated with its surroundings. The files that use it are
// compiled with permission to reorder sums.
inline float as_written(float x) {
#if defined(__has_builtin) && __has_builtin(__builtin_assoc_barrier)
  return __builtin_assoc_barrier(x);
#else
  return x;
#endif
}

// e^x with a relative error below 2e-7 between -80 and 88; x is clamped to that range. e^-80 is
// negligible beside 1, and far from the slow subnormal numbers.
inline float vector_exp(float x) {
  constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  const float above = x > -80.0f ? x : -80.0f;
  const float clamped = above < 88.0f ? above : 88.0f;
  const int32_t whole =
      static_cast<int32_t>(clamped * kLog2E + 127.5f) - 127;  // rounded, no branch
  const auto n = static_cast<float>(whole);
  const float r = as_written(clamped - n * kLn2High) - n * kLn2Low;  // the low bits of ln 2 last
  float p = 1.9875691500e-4f;  // Cephes' polynomial for e^r on [-ln 2 / 2, ln 2 / 2]
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * std::bit_cast<float>((whole + 127) << 23);
}

inline float vector_sigmoid(float x) { return 1.0f / (1.0f + vector_exp(-x)); }
inline float vector_tanh(float x) { return 2.0f * vector_sigmoid(2.0f * x) - 1.0f; }

}  // namespace dovetail
