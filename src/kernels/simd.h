// SPDX-License-Identifier: Apache-2.0
#pragma once

// Compiles a function once for each of these instruction sets. The loader picks the best one that
// the machine has, so one binary runs on any x86-64. DOVETAIL_WITHOUT_AVX512 leaves out AVX-512,
// so that what a machine without it does can be measured on any (the program dovetail-avx2).
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#if defined(DOVETAIL_WITHOUT_AVX512)
#define DOVETAIL_SIMD __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define DOVETAIL_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#else
#define DOVETAIL_SIMD
#endif

namespace dovetail {

#if defined(DOVETAIL_WITHOUT_AVX512)
constexpr bool kWithAvx512 = false;
#else
constexpr bool kWithAvx512 = true;
#endif

}  // namespace dovetail
