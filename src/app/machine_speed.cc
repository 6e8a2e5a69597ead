// SPDX-License-Identifier: Apache-2.0
#include "app/machine_speed.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>

#include <algorithm>
#include <limits>

#include "base/cpu_time.h"
#include "kernels/matmul.h"

namespace dovetail {

namespace {

constexpr int64_t kRows = 384, kWidth = 128, kFeedForward = 512;
constexpr int kProducts = 4;      // of a sample, some 2 ms
constexpr double kSeconds = 0.1;  // of all samples

}  // namespace

double measured_products_speed() {
  at::set_num_threads(1);
  const at::Tensor a = at::ones({kRows, kWidth}), b = at::ones({kWidth, kFeedForward});
  const at::Tensor out = at::empty({kRows, kFeedForward});
  const auto sample = [&] {
    const double began = thread_cpu_seconds();
    for (int i = 0; i < kProducts; ++i) matmul_into(out, a, b);
    return thread_cpu_seconds() - began;
  };
  sample();  // the first one also starts the library
  double least = std::numeric_limits<double>::infinity();
  for (const double began = thread_cpu_seconds(); thread_cpu_seconds() - began < kSeconds;)
    least = std::min(least, sample());
  return 2.0 * kRows * kWidth * kFeedForward * kProducts / least;
}

}  // namespace dovetail
