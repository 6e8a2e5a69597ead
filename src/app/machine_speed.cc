// SPDX-License-Identifier: Apache-2.0
#include "app/machine_speed.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>

#include <algorithm>
#include <chrono>

#include "kernels/matmul.h"

namespace dovetail {

namespace {

constexpr int64_t kRows = 384, kWidth = 128, kFeedForward = 512;
constexpr int kProducts = 20;                            // of a sample
constexpr double kWarmUpSeconds = 0.03, kSeconds = 0.1;  // of all samples

using Clock = std::chrono::steady_clock;

double seconds_since_then(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

}  // namespace

double measured_products_speed() {
  at::set_num_threads(1);
  const at::Tensor a = at::ones({kRows, kWidth}), b = at::ones({kWidth, kFeedForward});
  const at::Tensor out = at::empty({kRows, kFeedForward});
  const double flops = 2.0 * kRows * kWidth * kFeedForward * kProducts;
  double total = 0, seconds = 0;
  for (const Clock::time_point start = Clock::now(); seconds_since_then(start) < kSeconds;) {
    const Clock::time_point sample = Clock::now();
    for (int i = 0; i < kProducts; ++i) matmul_into(out, a, b);
    if (seconds_since_then(start) < kWarmUpSeconds) continue;
    total += flops;
    seconds += seconds_since_then(sample);
  }
  return total / std::max(seconds, 1e-9);
}

}  // namespace dovetail
