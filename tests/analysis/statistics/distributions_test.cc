// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/distributions.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

// Abramowitz and Stegun 1964, table 26.10.
TEST(Distributions, StudentsIsTheTables) {
  EXPECT_NEAR(t_quantile(0.975, 1), 12.706, 5e-4);
  EXPECT_NEAR(t_quantile(0.975, 2), 4.303, 5e-4);
  EXPECT_NEAR(t_quantile(0.975, 7), 2.365, 5e-4);
  EXPECT_NEAR(t_quantile(0.025, 30), -2.042, 5e-4);
  EXPECT_NEAR(t_quantile(0.975, 1e9), 1.95996, 1e-5);
  EXPECT_EQ(t_quantile(0.5, 3), 0);
}

// One degree of freedom is Cauchy's distribution, 1/2 + atan(t) / pi; two have a closed form too,
// 1/2 + t / (2 sqrt(2 + t^2)).
TEST(Distributions, StudentsHasItsClosedForms) {
  for (const double t : {-40.0, -1.0, 0.3, 5.0}) {
    EXPECT_NEAR(t_cdf(t, 1), 0.5 + std::atan(t) / 3.14159265358979, 1e-12) << t;
    EXPECT_NEAR(t_cdf(t, 2), 0.5 + t / (2 * std::sqrt(2 + t * t)), 1e-12) << t;
  }
  EXPECT_LT(t_cdf(2, 2.5), t_cdf(2, 2.6));  // not only at whole numbers
}

// Two degrees of freedom on both sides: 1 / (1 + f). One above is Student's t, squared.
TEST(Distributions, FishersHasItsClosedForms) {
  EXPECT_NEAR(f_upper_tail(19, 2, 2), 0.05, 1e-12);
  EXPECT_NEAR(f_upper_tail(2.365 * 2.365, 1, 7), 0.05, 1e-4);
  EXPECT_EQ(f_upper_tail(0, 3, 4), 1);
  EXPECT_EQ(f_upper_tail(std::numeric_limits<double>::infinity(), 3, 4), 0);
}

}  // namespace
}  // namespace dovetail
