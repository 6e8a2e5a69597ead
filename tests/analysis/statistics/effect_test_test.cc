// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/effect_test.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dovetail {
namespace {

// Mean 0.3, deviation sqrt(0.025), standard error sqrt(0.025 / 5) = 0.070711, four degrees.
EffectTest five_values() { return {0.3, {sample_spread({0.1, 0.2, 0.3, 0.4, 0.5}, "tasks")}}; }

TEST(EffectTest, TheIntervalIsStudents) {
  const Estimate interval = five_values().interval(0.95);

  EXPECT_NEAR(interval.low, 0.3 - 2.776 * 0.070711, 1e-4);
  EXPECT_NEAR(interval.high, 0.3 + 2.776 * 0.070711, 1e-4);
  EXPECT_NEAR(five_values().p_value(interval.low), 0.05, 1e-6);
}

TEST(EffectTest, EquivalenceAsksBothSides) {
  // (0.5 - 0.3) / 0.070711 = 2.828, and Student's t with 4 degrees exceeds 2.776 in 2.5 %
  const double p = five_values().p_beyond(0.5);

  EXPECT_GT(p, 0.02);
  EXPECT_LT(p, 0.025);
  EXPECT_GT(five_values().p_beyond(0.29), 0.5);
}

TEST(EffectTest, TheWidestSpreadDecides) {
  EffectTest test = five_values();
  test.spreads.push_back({"pre-training runs", 0.1, 2});

  EXPECT_NEAR(test.interval(0.95).high, 0.3 + 4.3027 * 0.1, 1e-4);
  EXPECT_GT(test.p_value(0), five_values().p_value(0));
}

// Deviation 0.4472, so the cubes sum to 5.3666 and the skewness is 5.3666 x 5 / 12 = 2.2361: over
// the root of 5 it is 1. Three degrees: Hall's inverse of t = 3.1824 is 3 (cbrt(4.0158) - 1) =
// 1.768. Of -3.1824 it would be -6.988, beyond twice 3.1824, where the transformation is -2.2444:
// -6.3649 - (3.1824 - 2.2444) = -7.3029.
EffectTest skewed_values() { return {0.2, {skewed_sample_spread({0, 0, 0, 0, 1}, "tasks")}}; }

TEST(EffectTest, SkewedValuesHaveASkewedInterval) {
  const EffectTest test = skewed_values();

  EXPECT_NEAR(test.spreads[0].skew, 1, 1e-9);
  EXPECT_EQ(test.spreads[0].degrees, 3);
  EXPECT_NEAR(test.interval(0.95).low, 0.2 - 0.2 * 1.768, 1e-3);
  EXPECT_NEAR(test.interval(0.95).high, 0.2 + 0.2 * 7.3029, 1e-3);
}

// At the upper end Hall's test has p = 0.05 and Student's less; at as far below the mean Student's
// has more than Hall's.
TEST(EffectTest, BothTestsMustAgree) {
  const EffectTest test = skewed_values();

  EXPECT_NEAR(test.p_value(test.interval(0.95).high), 0.05, 1e-6);
  EXPECT_NEAR(test.p_value(0.2 - 3.1824 * 0.2), 0.05, 1e-5);
}

TEST(EffectTest, WhatCanBeDetected) {
  // t of 0.975 and of 0.8 with four degrees: 2.776 and 0.941
  EXPECT_NEAR(five_values().detectable(0.05, 0.8), (2.776 + 0.941) * 0.070711, 1e-3);
}

TEST(EffectTest, EqualValuesLeaveNoDoubtAndNoValuesAll) {
  const EffectTest sure{0.15, {sample_spread({0.15, 0.15}, "tasks")}};
  EXPECT_EQ(sure.p_value(0), 0);
  EXPECT_EQ(sure.p_value(0.15), 1);

  EXPECT_EQ(EffectTest{0.15}.p_value(0), 1);
  EXPECT_TRUE(std::isinf(EffectTest{0.15}.interval(0.95).high));
}

}  // namespace
}  // namespace dovetail
