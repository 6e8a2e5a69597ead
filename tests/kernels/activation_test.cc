// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/ops/randn.h>

#include "kernels/activation.h"

#include "kernels/compare.h"
#include "kernels/vector_math.h"

namespace dovetail {
namespace {

using at::Tensor;

TEST(FeedForwardActivation, EqualsTheReference) {
  at::manual_seed(41);
  for (const Activation kind : {Activation::relu, Activation::gated_gelu, Activation::gated_silu}) {
    for (const Dropout& settings : {Dropout{}, Dropout{0.2, 8}}) {
      // times 1: the fast relu overwrites its input, which a leaf must not be
      expect_same(
          [&](const auto& x) { return feed_forward_activation(x[0] * 1, kind, settings); },
          [&](const auto& x) { return feed_forward_activation_reference(x[0], kind, settings); },
          {at::randn({13, 2 * 37}) * 3});
    }
  }
}

TEST(VectorExp, IsWithinItsPromise) {
  for (double x = -79.9; x < 88; x += 0.0137) {
    const auto f = static_cast<float>(x);
    EXPECT_NEAR(vector_exp(f) / std::exp(static_cast<double>(f)), 1.0, 2e-7) << x;
  }
  EXPECT_LT(vector_exp(-1e30f), 1e-34f);
  EXPECT_EQ(vector_exp(0.0f), 1.0f);
}

}  // namespace
}  // namespace dovetail
