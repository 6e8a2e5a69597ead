// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "kernels/attention.h"

#include "kernels/compare.h"

namespace dovetail {
namespace {

using at::Tensor;

struct Case {
  int64_t batch, heads, queries, keys, channels;
  Dropout dropout;
  bool cross, bias, mask;
};

Operation operation(const Case& c, bool reference) {
  return [=](const std::vector<Tensor>& x) {
    Tensor mask;
    if (c.mask) {
      mask = at::ones({c.batch, c.keys});
      for (int64_t b = 0; b < c.batch; ++b)
        mask[b].slice(0, std::max<int64_t>(1, c.keys - 3 * b)) = 0;
    }
    const AttentionInputs inputs{x[0], x[1], x[2], mask, c.heads, c.dropout};
    return reference ? attention_reference(inputs) : attention(inputs);
  };
}

void check(const Case& c) {
  at::manual_seed(21);
  const int64_t inner = c.heads * c.channels;
  const double scale = 1.0 / std::sqrt(static_cast<double>(c.channels));
  const Tensor q = at::randn({c.batch, c.queries, c.cross ? inner : 3 * inner}) * scale;
  const Tensor kv = c.cross ? at::randn({c.batch, c.keys, 2 * inner}) : Tensor();
  const Tensor bias = c.bias ? at::randn({c.heads, c.queries, c.keys}) : Tensor();
  expect_same(operation(c, false), operation(c, true), {q, kv, bias});
}

// By hand: one head of one channel, q = 1, keys 0 and ln 3, values 4 and 8: weights 1/4 and 3/4,
// so 7.
TEST(Attention, OneQueryByHand) {
  const Tensor q = at::tensor({{{1.0f}}}),
               kv = at::tensor({{{0.0f, 4.0f}, {std::log(3.0f), 8.0f}}});
  EXPECT_NEAR(attention({q, kv, Tensor(), Tensor(), 1, {}}).item<float>(), 7.0, 1e-5);
}

TEST(Attention, SelfWithBiasEqualsTheReference) {
  check({2, 3, 7, 7, 8, {}, false, true, true});
  check({3, 4, 32, 32, 32, {}, false, true, true});
  check({1, 2, 33, 33, 24, {}, false, true, false});
}

TEST(Attention, CrossEqualsTheReference) {
  check({3, 2, 5, 19, 16, {}, true, false, true});
  check({2, 2, 1, 1, 5, {}, true, false, false});
}

// Dropout is numbered over rows padded to 16 keys, so the reference's numbers agree there.
TEST(Attention, DropoutOfProbabilities) {
  check({2, 2, 16, 16, 8, {0.4, 5}, false, true, true});
  check({3, 3, 9, 32, 16, {0.1, 6}, true, false, true});
}

TEST(Attention, PaddingHasNoPartInIt) {
  at::manual_seed(22);
  const Tensor q = at::randn({1, 4, 16}), kv = at::randn({1, 6, 32});
  const Tensor mask = at::tensor({{1.0f, 1.0f, 1.0f, 0.0f, 0.0f, 0.0f}});
  const Tensor whole = attention({q, kv, Tensor(), mask, 2, {}});
  const Tensor cut = attention({q, kv.slice(1, 0, 3).contiguous(), Tensor(), Tensor(), 2, {}});
  EXPECT_LT(largest_difference(whole, cut), 1e-6);
}

TEST(Attention, GradientsAreTheSameOnAnyNumberOfThreads) {
  const int threads = at::get_num_threads();
  at::manual_seed(23);
  const Tensor qkv = at::randn({4, 20, 3 * 48}) * 0.3, start = at::randn({3, 20, 20});
  std::vector<Tensor> gradients;
  for (int count : {1, 2, 3}) {
    at::set_num_threads(count);
    const Tensor x = qkv.clone().requires_grad_(true), bias = start.clone().requires_grad_(true);
    attention({x, Tensor(), bias, Tensor(), 3, {0.1, 9}}).sum().backward();
    gradients.push_back(at::cat({x.grad().flatten(), bias.grad().flatten()}));
  }
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(gradients[0], gradients[1]));
  EXPECT_TRUE(at::equal(gradients[0], gradients[2]));
}

}  // namespace
}  // namespace dovetail
