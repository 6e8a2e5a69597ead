// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "kernels/linear.h"

#include "kernels/compare.h"
#include "kernels/embedding.h"
#include "kernels/gemm_cpu.h"
#include "kernels/matmul.h"

namespace dovetail {
namespace {

using at::Tensor;

// Covers every remainder of the blocks: single rows, part of a strip, depths beyond a block.
TEST(Gemm, EqualsLibTorchsInEveryForm) {
  at::manual_seed(51);
  for (const auto& [m, n, k] : std::vector<std::array<int64_t, 3>>{{1, 1, 1},
                                                                   {8, 32, 16},
                                                                   {7, 33, 5},
                                                                   {37, 100, 45},
                                                                   {130, 70, 600},
                                                                   {9, 1100, 257},
                                                                   {1, 515, 300}}) {
    const Tensor a = at::randn({m, k}), b = at::randn({k, n}), start = at::randn({m, n});
    const Tensor expected =
        start.to(at::kDouble) + 0.5 * at::mm(a.to(at::kDouble), b.to(at::kDouble));
    const Tensor at = a.t().contiguous(), bt = b.t().contiguous();
    for (const auto& [x, x_row, x_column] :
         {std::tuple(a, k, int64_t{1}), std::tuple(at, int64_t{1}, m)}) {
      for (const auto& [y, y_row, y_column] :
           {std::tuple(b, n, int64_t{1}), std::tuple(bt, int64_t{1}, k)}) {
        const Tensor out = start.clone();
        gemm({.rows = m,
              .columns = n,
              .depth = k,
              .a = {x.template const_data_ptr<float>(), x_row, x_column},
              .b = {y.template const_data_ptr<float>(), y_row, y_column},
              .out = out.data_ptr<float>(),
              .out_row = n,
              .scale = 0.5f,
              .accumulate = true});
        EXPECT_LT(largest_difference(out, expected), 1e-4) << m << " " << n << " " << k;
      }
    }
    const PrepackedMatrix prepacked({bt.const_data_ptr<float>(), 1, k}, k, n);
    const Tensor out = at::empty({m, n});
    prepacked.multiply({a.const_data_ptr<float>(), k, 1}, m, 0, n, out.data_ptr<float>(), n, 2);
    EXPECT_LT(largest_difference(out, 4 * (expected - start)), 3e-4);
    small_gemm({.rows = m,
                .columns = n,
                .depth = k,
                .a = {at.const_data_ptr<float>(), 1, m},
                .b = {b.const_data_ptr<float>(), n, 1},
                .out = out.data_ptr<float>(),
                .out_row = n});
    EXPECT_LT(largest_difference(out, 2 * (expected - start)), 2e-4);
  }
}

TEST(MatmulInto, EqualsLibTorchsOnSeveralThreads) {
  const int threads = at::get_num_threads();
  at::manual_seed(52);
  for (int count : {1, 2, 3}) {
    at::set_num_threads(count);
    for (const auto& [m, n, k] :
         std::vector<std::array<int64_t, 3>>{{100, 300, 200}, {2000, 40, 64}, {1, 9, 1}}) {
      const Tensor a = at::randn({m, k}), b = at::randn({n, k});
      const Tensor out = at::empty({m, n + 5}).narrow(1, 2, n);  // a part of wider rows
      matmul_into(out, a, b.t(), 0.25);
      EXPECT_LT(largest_difference(out, 0.25 * at::mm(a, b.t())), 1e-4);
    }
  }
  at::set_num_threads(threads);
}

struct Weights {
  Tensor q = at::randn({6, 5}), k = at::randn({6, 5}), v = at::randn({4, 5});
};

Tensor reference(const Tensor& x, const Weights& w) {
  return at::linear(x, at::cat({w.q, w.k, w.v}));
}

TEST(Linear, JoinedWeightsStayWhatTheyWere) {
  at::manual_seed(53);
  Weights w;
  const Tensor before = at::cat({w.q, w.k, w.v});
  const Projection joined = join_weights({&w.q, &w.k, &w.v});
  EXPECT_TRUE(at::equal(joined.whole_NK, before));
  w.k.fill_(2);  // a view: seen in the whole
  EXPECT_EQ(joined.whole_NK[7][0].item<float>(), 2);
  EXPECT_EQ(join_weights({&w.q, &w.k, &w.v}).whole_NK.data_ptr(), joined.whole_NK.data_ptr());
}

TEST(Linear, GradientsAddUpOverMicroBatches) {
  at::manual_seed(54);
  Weights w;
  const Projection joined = join_weights({&w.q, &w.k, &w.v});
  Weights plain{w.q.clone(), w.k.clone(), w.v.clone()};
  for (Tensor* t : {&w.q, &w.k, &w.v, &plain.q, &plain.k, &plain.v}) t->requires_grad_(true);
  for (int i = 0; i < 3; ++i) {
    const Tensor x = at::randn({2, 3, 5}), x1 = x.clone().requires_grad_(true),
                 x2 = x.clone().requires_grad_(true);
    const Tensor dy = at::randn({2, 3, 16});
    linear(x1, joined).backward(dy);
    reference(x2, plain).backward(dy);
    EXPECT_LT(largest_difference(x1.grad(), x2.grad()), 1e-5);
  }
  EXPECT_LT(largest_difference(w.q.grad(), plain.q.grad()), 1e-5);
  EXPECT_LT(largest_difference(w.k.grad(), plain.k.grad()), 1e-5);
  EXPECT_LT(largest_difference(w.v.grad(), plain.v.grad()), 1e-5);
}

TEST(Linear, FrozenWeightsGetNoGradientAndNoMatmul) {
  Weights w;
  const Projection joined = join_weights({&w.q, &w.k, &w.v});
  w.v.requires_grad_(true);
  const Tensor x = at::randn({3, 5});
  linear(x, joined).sum().backward();
  EXPECT_FALSE(w.q.grad().defined());
  EXPECT_LT(largest_difference(w.v.grad(), x.sum(0).expand({4, 5})), 1e-5);
}

TEST(Linear, LowRankEqualsTheMergedWeight) {
  at::manual_seed(55);
  Weights w;
  Projection joined = join_weights({&w.q, &w.k, &w.v});
  joined.additions.resize(3);
  expect_same(
      [&](const auto& x) {
        Projection p = joined;
        p.additions[0] = {.a_rK = x[1], .b_Nr = x[2], .scaling = 0.5};
        p.additions[2] = {.a_rK = x[3], .b_Nr = x[4], .scaling = 2.0};
        return linear(x[0], p);
      },
      [&](const auto& x) {
        return at::linear(
            x[0], at::cat({w.q + 0.5 * at::mm(x[2], x[1]), w.k, w.v + 2.0 * at::mm(x[4], x[3])}));
      },
      {at::randn({2, 3, 5}), at::randn({2, 5}), at::randn({6, 2}), at::randn({1, 5}),
       at::randn({4, 1})});
}

// The formula in linear.h, and DoRA's by its paper, in LibTorch's operations.
TEST(Linear, AdditionsEqualTheirFormulas) {
  at::manual_seed(57);
  Weights w;
  Projection joined = join_weights({&w.q, &w.k, &w.v});
  joined.additions.resize(3);
  const int64_t q = w.q.size(0), k = w.k.size(0), v = w.v.size(0);
  expect_same(
      [&](const auto& x) {
        Projection p = joined;
        p.additions[0] = {.a_rK = x[1],
                          .b_Nr = x[2],
                          .inner_r = x[3],
                          .outer_N = x[4],
                          .bias_N = x[5],
                          .scaling = 0.5};
        p.additions[1] = {.factor_N = x[6]};
        p.additions[2] = {.a_rK = x[7], .b_Nr = x[8], .magnitude_N = x[9], .scaling = 2};
        return linear(x[0], p);
      },
      [&](const auto& x) {
        const Tensor veras = at::linear(x[0], w.q, x[5]) +
                             0.5 * x[4] * at::linear(x[3] * at::linear(x[0], x[1]), x[2]);
        const Tensor ia3s = x[6] * at::linear(x[0], w.k);
        const Tensor moved = w.v + 2 * at::mm(x[8], x[7]);
        const Tensor doras = at::linear(x[0], moved) * x[9] / moved.detach().norm(2, 1);
        return at::cat({veras, ia3s, doras}, -1);
      },
      {at::randn({2, 3, 5}), at::randn({2, 5}), at::randn({q, 2}), at::randn({2}), at::randn({q}),
       at::randn({q}), at::randn({k}), at::randn({1, 5}), at::randn({v, 1}), at::randn({v})});
}

TEST(Linear, AnInputIsScaledForTheMatrixAndItsAdditions) {
  at::manual_seed(58);
  Weights w;
  Projection alone = join_weights({&w.q});
  alone.additions.resize(1);
  expect_same(
      [&](const auto& x) {
        Projection p = alone;
        p.additions[0] = {.a_rK = x[2], .b_Nr = x[3], .input_K = x[1]};
        return linear(x[0], p);
      },
      [&](const auto& x) { return at::linear(x[0] * x[1], w.q + at::mm(x[3], x[2])); },
      {at::randn({2, 3, 5}), at::randn({5}), at::randn({2, 5}), at::randn({w.q.size(0), 2})});
}

TEST(EmbedIds, GradientsOfRepeatedIdsAddUp) {
  at::manual_seed(56);
  const Tensor ids = at::tensor({3, 1, 3, 0, 3, 1}, at::kLong).view({2, 3});
  const Tensor weight = at::randn({5, 7}).requires_grad_(true),
               other = weight.detach().clone().requires_grad_(true);
  const Tensor dy = at::randn({2, 3, 7});
  for (int i = 0; i < 2; ++i) {
    embed_ids(weight, ids).backward(dy);
    at::embedding(other, ids).backward(dy);
  }
  EXPECT_LT(largest_difference(weight.grad(), other.grad()), 1e-6);
}

}  // namespace
}  // namespace dovetail
