// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantized_matrix.h"

#include <ATen/Parallel.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>

#include <cmath>
#include <limits>
#include <random>

#include "kernels/compare.h"
#include "kernels/linear.h"
#include "kernels/matmul.h"

namespace dovetail {
namespace {

using at::Tensor;

std::vector<Int8Instructions> instructions_here() {
  std::vector<Int8Instructions> all;
  for (int i = 0; i <= static_cast<int>(best_int8_instructions()); ++i)
    all.push_back(static_cast<Int8Instructions>(i));
  return all;
}

std::vector<float> product(const std::vector<float>& x, const std::vector<float>& w, int64_t rows,
                           int64_t columns, int64_t depth, Int8Instructions by) {
  QuantizedRows codes(rows, depth, by);
  codes.quantize(x.data(), depth, 0, rows);
  std::vector<float> out(rows * columns, -1);
  QuantizedMatrix(w.data(), columns, depth).multiply(codes, 0, columns, out.data(), columns);
  return out;
}

// Every remainder of the blocks of rows, columns and depth.
const std::vector<std::array<int64_t, 3>> kSizes = {
    {1, 1, 1},     {2, 16, 4},   {3, 17, 63},   {4, 32, 64},   {7, 33, 5},
    {15, 100, 65}, {16, 48, 64}, {17, 31, 130}, {33, 64, 512}, {300, 45, 200}};

TEST(QuantizedMatrix, MultipliesByHand) {
  // the greatest magnitudes are 127, of weights 63, so that all scales are 1
  const std::vector<float> x = {127, -3, 2, 0, 5, -127}, w = {1, 2, 63, -63, 0, 32};
  const std::vector<float> expected = {127 - 6 + 126, -127 * 63 + 64, 10 - 127 * 63, -127 * 32};
  for (const Int8Instructions by : instructions_here())
    EXPECT_EQ(product(x, w, 2, 2, 3, by), expected) << static_cast<int>(by);
}

TEST(QuantizedMatrix, IntegersGiveTheirExactProduct) {
  std::mt19937 random(11);
  std::uniform_int_distribution<int> code(-127, 127), weight(-63, 63);
  for (const auto& [m, n, k] : kSizes) {
    std::vector<float> x(m * k), w(n * k), expected(m * n);
    for (float& number : x) number = static_cast<float>(code(random));
    for (float& number : w) number = static_cast<float>(weight(random));
    for (int64_t i = 0; i < m; ++i) x[i * k] = 127;
    for (int64_t j = 0; j < n; ++j) w[j * k] = -63;
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        int64_t sum = 0;
        for (int64_t t = 0; t < k; ++t)
          sum += static_cast<int64_t>(x[i * k + t]) * static_cast<int64_t>(w[j * k + t]);
        expected[i * n + j] = static_cast<float>(sum);
      }
    }
    for (const Int8Instructions by : instructions_here())
      EXPECT_EQ(product(x, w, m, n, k, by), expected) << static_cast<int>(by) << " " << m;
  }
}

// The largest sums there are: 16-bit sums of two products would saturate.
TEST(QuantizedMatrix, ExtremesDoNotSaturate) {
  constexpr int64_t kDepth = 65536;
  for (const float sign : {1.0f, -1.0f}) {
    const std::vector<float> x(5 * kDepth, sign * 127), w(3 * kDepth, 63);
    // 127 * 63 * 2^16, which float32 holds
    const std::vector<float> expected(15, sign * 524353536.0f);
    for (const Int8Instructions by : instructions_here())
      EXPECT_EQ(product(x, w, 5, 3, kDepth, by), expected) << static_cast<int>(by);
  }
}

// |x w - x' w'| <= |x| |w - w'| + |w| |x - x'| + |x - x'| |w - w'|, and a number moves by half a
// step at most.
TEST(QuantizedMatrix, StaysWithinTheBoundOfItsSteps) {
  at::manual_seed(12);
  for (const auto& [m, n, k] : kSizes) {
    const Tensor x = at::randn({m, k}), w = 0.1 * at::randn({n, k});
    const Tensor exact = at::mm(x.to(at::kDouble), w.to(at::kDouble).t());
    const Tensor x_step = x.abs().amax(1, true) / 254, w_step = w.abs().amax(1, true) / 126;
    const Tensor bound = x.abs().sum(1, true) * w_step.t() + x_step * w.abs().sum(1, true).t() +
                         static_cast<double>(k) * x_step * w_step.t();
    const Tensor out =
        matmul_quantized(x, QuantizedMatrix(w.const_data_ptr<float>(), n, k), /*scale=*/2) / 2;
    EXPECT_LT(((out - exact).abs() - 1.0001 * bound).max().item<double>(), 1e-6) << m << " " << k;
  }
}

TEST(QuantizedMatrix, EveryKindOfInstructionsGivesTheSameBits) {
  at::manual_seed(13);
  for (const auto& [m, n, k] : kSizes) {
    const Tensor x = at::randn({m, k}), w = at::randn({n, k});
    const std::vector<float> rows(x.const_data_ptr<float>(), x.const_data_ptr<float>() + m * k);
    const std::vector<float> weights(w.const_data_ptr<float>(), w.const_data_ptr<float>() + n * k);
    const std::vector<float> plain = product(rows, weights, m, n, k, Int8Instructions::plain);
    for (const Int8Instructions by : instructions_here())
      EXPECT_EQ(product(rows, weights, m, n, k, by), plain) << static_cast<int>(by) << " " << m;
  }
}

TEST(QuantizedMatrix, ThreadsChangeNothing) {
  const int threads = at::get_num_threads();
  at::manual_seed(14);
  const Tensor x = at::randn({70, 300}), w = at::randn({1000, 300});
  const QuantizedMatrix quantized(w.const_data_ptr<float>(), 1000, 300);
  at::set_num_threads(1);
  const Tensor one = matmul_quantized(x, quantized);
  at::set_num_threads(3);
  EXPECT_TRUE(at::equal(matmul_quantized(x, quantized), one));
  EXPECT_TRUE(at::equal(matmul_quantized(x.t().contiguous().t(), quantized), one));
  at::set_num_threads(threads);
}

TEST(QuantizedMatrix, ZeroRowsAreZeroAndBrokenOnesStayBroken) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x = {0, 0, 1, nan, 1, kInfinity, 1, 2}, w = {0, 0, 3, 4};
  for (const Int8Instructions by : instructions_here()) {
    const std::vector<float> out = product(x, w, 4, 2, 2, by);
    EXPECT_EQ(out[0], 0);
    EXPECT_EQ(out[1], 0);
    EXPECT_FALSE(std::isfinite(out[3]));
    EXPECT_FALSE(std::isfinite(out[5]));
    EXPECT_EQ(out[6], 0);
    EXPECT_NEAR(out[7], 11, 0.1);
  }
}

// Inputs and weights that bfloat16 holds exactly have a product in float32 that is rounded once: to
// 8 bits. Others are rounded first: 1 + 2^-9 to 1.
TEST(Linear, RoundedWeightsMultiplyInBfloat16) {
  at::manual_seed(16);
  const Tensor x = at::randint(-8, 9, {7, 64}).to(at::kFloat),
               exact_w = at::randint(-8, 9, {24, 64}).to(at::kFloat);
  Tensor w = exact_w * (1 + 1.0 / 512);
  Projection projection = join_weights({&w});
  set_precision(projection, Precision::bfloat16);
  const Tensor expected = at::mm(x.to(at::kDouble), exact_w.t().to(at::kDouble));
  const Tensor found = matmul_weights(x, projection, 2);
  EXPECT_EQ(found.scalar_type(), at::kFloat);
  const Tensor error = (found - 2 * expected).abs() - expected.abs() / 128;
  EXPECT_LE(error.max().item<double>(), 0);
  EXPECT_FALSE(at::allclose(found, scaled_matmul(x, w.t(), 2), 1e-5, 1e-5));
  set_precision(projection, Precision::float32);
  EXPECT_TRUE(at::allclose(matmul_weights(x, projection, 2), scaled_matmul(x, w.t(), 2)));
}

TEST(Linear, QuantizedWeightsServeUntilTheyAreDropped) {
  at::manual_seed(15);
  Tensor a = at::randn({40, 64}), b = at::randn({24, 64});
  Projection projection = join_weights({&a, &b});
  const Tensor x = at::randn({2, 5, 64});
  const Tensor exact = linear(x, projection);

  set_precision(projection, Precision::int8);
  const Tensor quantized = linear(x, projection);
  EXPECT_EQ(quantized.sizes(), exact.sizes());
  EXPECT_GT(largest_difference(quantized, exact), 0);
  EXPECT_LT(largest_difference(quantized, exact), 0.03 * exact.abs().max().item<double>());

  set_precision(projection, Precision::float32);
  EXPECT_TRUE(at::equal(linear(x, projection), exact));
}

}  // namespace
}  // namespace dovetail
