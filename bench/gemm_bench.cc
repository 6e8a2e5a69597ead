// SPDX-License-Identifier: Apache-2.0
// Compares gemm() with LibTorch's matmul (MKL on x86-64) on one thread, taking turns. Prints a line
// of JSON a shape: billions of operations a second for the three layouts of training (x W^T, dy W,
// dy^T x) and for a prepacked matrix.
//   gemm_bench [ROUNDS=9]
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "kernels/gemm_cpu.h"

namespace {

using namespace dovetail;
using at::Tensor;

double seconds_of(const std::function<void()>& work, int64_t repeats) {
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < repeats; ++i) work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return wall.count() / static_cast<double>(repeats);
}

const float* data(const Tensor& x) { return x.const_data_ptr<float>(); }

void measure(int64_t m, int64_t n, int64_t k, int rounds) {
  const Tensor a = at::randn({m, k}), a_t = at::randn({k, m}), b = at::randn({k, n}),
               b_t = at::randn({n, k});
  Tensor out = at::empty({m, n});
  float* to = out.data_ptr<float>();
  const PrepackedMatrix prepacked({data(b_t), 1, k}, k, n);
  const auto run_gemm = [&](MatrixView x, MatrixView y) {
    gemm({.rows = m, .columns = n, .depth = k, .a = x, .b = y, .out = to, .out_row = n});
  };
  const std::vector<std::pair<const char*, std::function<void()>>> works = {
      {"x W^T",
       [&] {
         run_gemm({data(a), k, 1}, {data(b_t), 1, k});
       }},
      {"x W^T, LibTorch", [&] { at::mm_out(out, a, b_t.t()); }},
      {"dy W",
       [&] {
         run_gemm({data(a), k, 1}, {data(b), n, 1});
       }},
      {"dy W, LibTorch", [&] { at::mm_out(out, a, b); }},
      {"dy^T x",
       [&] {
         run_gemm({data(a_t), 1, m}, {data(b), n, 1});
       }},
      {"dy^T x, LibTorch", [&] { at::mm_out(out, a_t.t(), b); }},
      {"prepacked", [&] {
         prepacked.multiply({data(a), k, 1}, m, 0, n, to, n);
       }}};
  const double operations = 2e-9 * static_cast<double>(m * n * k);
  const auto repeats = static_cast<int64_t>(1 + 0.2 / operations);
  std::vector<double> best(works.size(), 1e9);
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < works.size(); ++i)
      best[i] = std::min(best[i], seconds_of(works[i].second, repeats));
  }
  nlohmann::ordered_json line = {{"bench", "gemm"}, {"rows", m}, {"columns", n}, {"depth", k}};
  for (size_t i = 0; i < works.size(); ++i) {
    line["gflops"][works[i].first] = std::round(10 * operations / best[i]) / 10;
  }
  fmt::print("{}\n", line.dump());
}

}  // namespace

int main(int argc, char** argv) {
  at::set_num_threads(1);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  const int64_t shapes[][3] = {{512, 384, 128},   {512, 512, 128},  {256, 4096, 128},
                               {512, 1024, 256},  {512, 2048, 512}, {512, 512, 2048},
                               {256, 32128, 512}, {32, 512, 512},   {32, 32128, 512}};
  for (const auto& [m, n, k] : shapes) measure(m, n, k, rounds);
}
