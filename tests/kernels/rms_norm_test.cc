// SPDX-License-Identifier: Apache-2.0
#include "kernels/rms_norm.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

using torch::Tensor;

constexpr double kEpsilon = 1e-6;

double largest_difference(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

// By hand: mean of squares of (3, 4) is 12.5, so 3 / sqrt(12.5) * 2 = 1.69706, 4 / sqrt(12.5) = 1.13137.
TEST(RmsNorm, TwoNumbersByHand) {
  const Tensor y = rms_norm(torch::tensor({{3.0f, 4.0f}}), torch::tensor({2.0f, 1.0f}), 0.0);
  EXPECT_NEAR(y[0][0].item<float>(), 1.69706, 1e-5);
  EXPECT_NEAR(y[0][1].item<float>(), 1.13137, 1e-5);
}

TEST(RmsNorm, EqualsTheReferenceForwardAndBackward) {
  torch::manual_seed(7);
  for (const auto& shape : {std::vector<int64_t>{5, 3, 40}, {1, 7}, {33, 513}}) {
    const Tensor weight = torch::randn({shape.back()});
    const Tensor x = torch::randn(shape), dy = torch::randn(shape);
    const Tensor x1 = x.clone().requires_grad_(true), w1 = weight.clone().requires_grad_(true);
    const Tensor x2 = x.clone().requires_grad_(true), w2 = weight.clone().requires_grad_(true);
    const Tensor y1 = rms_norm(x1, w1, kEpsilon), y2 = rms_norm_reference(x2, w2, kEpsilon);
    y1.backward(dy);
    y2.backward(dy);
    EXPECT_LT(largest_difference(y1, y2), 1e-5);
    EXPECT_LT(largest_difference(x1.grad(), x2.grad()), 1e-5);
    EXPECT_LT(largest_difference(w1.grad(), w2.grad()), 1e-4);
  }
}

TEST(RmsNorm, TakesATransposedInput) {
  const Tensor x = torch::randn({6, 4}).t(), weight = torch::randn({6});
  EXPECT_LT(largest_difference(rms_norm(x, weight, kEpsilon), rms_norm_reference(x, weight, kEpsilon)), 1e-5);
}

}  // namespace
}  // namespace dovetail
