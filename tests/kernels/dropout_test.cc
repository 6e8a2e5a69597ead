// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/ops/randn.h>

#include "kernels/dropout.h"

#include <cmath>

#include "kernels/compare.h"

namespace dovetail {
namespace {

using at::Tensor;

TEST(Dropout, EqualsItsFactorsBothWays) {
  const Dropout settings{0.25, 1234567};
  at::manual_seed(1);
  expect_same([&](const auto& x) { return dropout(x[0], settings); },
              [&](const auto& x) { return x[0] * dropout_factors(x[0].sizes(), settings); },
              {at::randn({37, 53})});
}

// n = 10^6 draws: the kept share lies within five standard errors, sqrt(p (1 - p) / n).
TEST(Dropout, KeepsTheShareItShould) {
  for (double rate : {0.01, 0.1, 0.5, 0.9}) {
    for (uint64_t seed : {0ull, 1ull, 0x123456789abcdefull}) {
      const double kept = (dropout_factors({1000000}, Dropout{rate, seed}.at_site(3)) > 0)
                              .to(at::kDouble)
                              .mean()
                              .item<double>();
      EXPECT_NEAR(kept, 1 - rate, 5 * std::sqrt(rate * (1 - rate) / 1e6))
          << rate << " seed " << seed;
    }
  }
}

// Neighbours, far neighbours, other sites and other seeds: their correlation over 10^6 elements is
// that of independent draws, within five standard errors of 1e-3.
TEST(Dropout, ElementsSitesAndSeedsAreIndependent) {
  const auto centred = [](const Dropout& settings) {
    const Tensor kept = (dropout_factors({1000000}, settings) > 0).to(at::kDouble);
    return (kept - kept.mean()) / kept.std();
  };
  const Dropout base{0.5, 77};
  const Tensor x = centred(base.at_site(0));
  for (int64_t lag : {1, 2, 16, 64, 512, 4096, 65536}) {
    const double r = (x.slice(0, lag) * x.slice(0, 0, -lag)).mean().item<double>();
    EXPECT_LT(std::abs(r), 5e-3) << "lag " << lag;
  }
  for (const Dropout& other :
       {base.at_site(1), base.at_site(2), base.at_site(1u << 20), Dropout{0.5, 78}.at_site(0)}) {
    EXPECT_LT(std::abs((x * centred(other)).mean().item<double>()), 5e-3);
  }
}

TEST(Dropout, OffIsTheInputItself) {
  const Tensor x = at::randn({3});
  EXPECT_TRUE(dropout(x, {}).is_same(x));
}

}  // namespace
}  // namespace dovetail
