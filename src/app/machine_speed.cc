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
constexpr int kProducts = 4;      // of a sample, some 2 ms
constexpr double kSeconds = 0.1;  // of all samples

using SpeedClock = std::chrono::steady_clock;

double seconds_from(SpeedClock::time_point start) {
  return std::chrono::duration<double>(SpeedClock::now() - start).count();
}

}  // namespace

double measured_products_speed() {
  at::set_num_threads(1);
  const at::Tensor a = at::ones({kRows, kWidth}), b = at::ones({kWidth, kFeedForward});
  const at::Tensor out = at::empty({kRows, kFeedForward});
  double least = 1;
  for (const SpeedClock::time_point start = SpeedClock::now(); seconds_from(start) < kSeconds;) {
    const SpeedClock::time_point sample = SpeedClock::now();
    for (int i = 0; i < kProducts; ++i) matmul_into(out, a, b);
    least = std::min(least, seconds_from(sample));
  }
  return 2.0 * kRows * kWidth * kFeedForward * kProducts / least;
}

}  // namespace dovetail
