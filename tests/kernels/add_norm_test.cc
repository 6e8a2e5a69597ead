// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "kernels/add_norm.h"

#include "kernels/compare.h"
#include "kernels/dropout.h"

namespace dovetail {
namespace {

using at::Tensor;

constexpr double kEpsilon = 1e-6;

// By hand: mean of squares of (3, 4) is 12.5, so 3 / sqrt(12.5) * 2 = 1.69706, 4 / sqrt(12.5)
// = 1.13137.
TEST(RmsNorm, TwoNumbersByHand) {
  const Tensor y = rms_norm(at::tensor({3.0f, 4.0f}).view({1, 2}), at::tensor({2.0f, 1.0f}), 0.0);
  EXPECT_NEAR(y[0][0].item<float>(), 1.69706, 1e-5);
  EXPECT_NEAR(y[0][1].item<float>(), 1.13137, 1e-5);
}

TEST(RmsNorm, EqualsTheReference) {
  at::manual_seed(7);
  for (const auto& shape : {std::vector<int64_t>{5, 3, 40}, {1, 7}, {33, 513}}) {
    expect_same([](const auto& x) { return rms_norm(x[0], x[1], kEpsilon); },
                [](const auto& x) { return rms_norm_reference(x[0], x[1], kEpsilon); },
                {at::randn(shape), at::randn({shape.back()})});
  }
}

TEST(RmsNorm, TakesATransposedInput) {
  const Tensor x = at::randn({6, 4}).t(), weight = at::randn({6});
  EXPECT_LT(
      largest_difference(rms_norm(x, weight, kEpsilon), rms_norm_reference(x, weight, kEpsilon)),
      1e-5);
}

// Both outputs are used, as in the model: the stream goes on, and its norm feeds the next sublayer.
Operation seam(const Dropout& settings, bool reference) {
  return [=](const std::vector<Tensor>& x) {
    if (!reference) {
      const AddNormOutput out = add_norm(x[0], x[1], x[2], kEpsilon, settings);
      return out.hidden_RD * 0.5 + out.normed_RD;
    }
    const Tensor factors = settings.on() ? dropout_factors(x[1].sizes(), settings) : at::ones({1});
    const Tensor hidden = x[0] + x[1] * factors;
    return hidden * 0.5 + rms_norm_reference(hidden, x[2], kEpsilon);
  };
}

TEST(AddNorm, EqualsTheReferenceWithAndWithoutDropout) {
  at::manual_seed(11);
  for (const Dropout& settings : {Dropout{}, Dropout{0.3, 99}}) {
    for (const auto& shape : {std::vector<int64_t>{4, 5, 40}, {1, 1, 17}, {70, 512}}) {
      expect_same(seam(settings, false), seam(settings, true),
                  {at::randn(shape), at::randn(shape), at::randn({shape.back()})});
    }
  }
}

TEST(AddNorm, OnSeveralThreadsTheSameRows) {
  const int threads = at::get_num_threads();
  at::manual_seed(12);
  const Tensor residual = at::randn({300, 200}), x = at::randn({300, 200}),
               weight = at::randn({200});
  at::set_num_threads(1);
  const Tensor one = add_norm(residual, x, weight, kEpsilon, {0.2, 5}).normed_RD;
  at::set_num_threads(3);
  const Tensor three = add_norm(residual, x, weight, kEpsilon, {0.2, 5}).normed_RD;
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(one, three));
}

}  // namespace
}  // namespace dovetail
