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
  int64_t batch = 1, heads = 1, queries = 1, keys = 1, channels = 1;
  Dropout dropout;
  bool cross = false, bias = false, mask = false, segments = false;
};

// The segment of each of `length` places: 1 for a third, 2 for as many, then 3, and 0 behind them,
// in each sequence a little later.
Tensor segments_of(int64_t batch, int64_t length) {
  Tensor segments = at::ones({batch, length});
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t i = 0; i < length; ++i) {
      const int64_t segment = 1 + std::max<int64_t>(0, i - b) * 3 / length;
      segments[b][i] = i == length - 1 ? 0 : segment;
    }
  }
  return segments;
}

Operation operation(const Case& c, bool reference) {
  return [=](const std::vector<Tensor>& x) {
    Tensor mask;
    if (c.mask) {
      mask = at::ones({c.batch, c.keys});
      for (int64_t b = 0; b < c.batch; ++b)
        mask[b].slice(0, std::max<int64_t>(1, c.keys - 3 * b)) = 0;
    }
    if (c.segments) mask = segments_of(c.batch, c.keys);
    const AttentionInputs inputs{
        .q = x[0],
        .kv = x[1],
        .bias_HTS = x[2],
        .mask_BS = mask,
        .segments_BT = c.segments ? segments_of(c.batch, c.queries) : Tensor(),
        .heads = c.heads,
        .dropout = c.dropout};
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
  const Tensor q = at::tensor({1.0f}).view({1, 1, 1}),
               kv = at::tensor({0.0f, 4.0f, std::log(3.0f), 8.0f}).view({1, 2, 2});
  EXPECT_NEAR(attention({.q = q, .kv = kv, .heads = 1}).item<float>(), 7.0, 1e-5);
}

TEST(Attention, SelfWithBiasEqualsTheReference) {
  check(
      {.batch = 2, .heads = 3, .queries = 7, .keys = 7, .channels = 8, .bias = true, .mask = true});
  check({.batch = 3,
         .heads = 4,
         .queries = 32,
         .keys = 32,
         .channels = 32,
         .bias = true,
         .mask = true});
  check({.batch = 1, .heads = 2, .queries = 33, .keys = 33, .channels = 24, .bias = true});
}

TEST(Attention, CrossEqualsTheReference) {
  check({.batch = 3,
         .heads = 2,
         .queries = 5,
         .keys = 19,
         .channels = 16,
         .cross = true,
         .mask = true});
  check({.batch = 2, .heads = 2, .queries = 1, .keys = 1, .channels = 5, .cross = true});
}

TEST(Attention, SegmentsEqualTheReference) {
  check({.batch = 3,
         .heads = 2,
         .queries = 17,
         .keys = 17,
         .channels = 8,
         .bias = true,
         .segments = true});
  check({.batch = 2,
         .heads = 2,
         .queries = 9,
         .keys = 21,
         .channels = 16,
         .cross = true,
         .segments = true});
}

// Dropout numbers elements over rows padded to 16 keys; with multiples of 16 the reference agrees.
TEST(Attention, DropoutOfProbabilities) {
  check({.batch = 2,
         .heads = 2,
         .queries = 16,
         .keys = 16,
         .channels = 8,
         .dropout = {0.4, 5},
         .bias = true,
         .mask = true});
  check({.batch = 3,
         .heads = 3,
         .queries = 9,
         .keys = 32,
         .channels = 16,
         .dropout = {0.1, 6},
         .cross = true,
         .mask = true});
}

TEST(Attention, PaddingHasNoPartInIt) {
  at::manual_seed(22);
  const Tensor q = at::randn({1, 4, 16}), kv = at::randn({1, 6, 32});
  const Tensor mask = at::tensor({1.0f, 1.0f, 1.0f, 0.0f, 0.0f, 0.0f}).view({1, 6});
  const Tensor whole = attention({.q = q, .kv = kv, .mask_BS = mask, .heads = 2});
  const Tensor cut = attention({.q = q, .kv = kv.slice(1, 0, 3).contiguous(), .heads = 2});
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
    attention({.q = x, .bias_HTS = bias, .heads = 3, .dropout = {0.1, 9}}).sum().backward();
    gradients.push_back(at::cat({x.grad().flatten(), bias.grad().flatten()}));
  }
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(gradients[0], gradients[1]));
  EXPECT_TRUE(at::equal(gradients[0], gradients[2]));
}

}  // namespace
}  // namespace dovetail
