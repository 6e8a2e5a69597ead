// SPDX-License-Identifier: Apache-2.0
#include "training/learning_rate.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

OptimizerSettings with(const std::string& schedule) {
  OptimizerSettings settings;
  settings.learning_rate = 2.0;
  settings.warmup = 10;
  settings.schedule = schedule;
  return settings;
}

TEST(ScheduledRate, WarmsUpThenFalls) {
  EXPECT_DOUBLE_EQ(scheduled_rate(with("linear"), 0, 110), 0.2);
  EXPECT_DOUBLE_EQ(scheduled_rate(with("linear"), 9, 110), 2.0);
  EXPECT_DOUBLE_EQ(scheduled_rate(with("linear"), 60, 110), 1.0);  // half of the hundred that fall
  EXPECT_NEAR(scheduled_rate(with("cosine"), 60, 110), 1.0, 1e-12);
  EXPECT_NEAR(scheduled_rate(with("cosine"), 35, 110), 1.7071, 1e-4);  // 1 + cos(45 degrees)
  EXPECT_DOUBLE_EQ(scheduled_rate(with("constant"), 100, 110), 2.0);
}

TEST(ScheduledRate, AShortRunWarmsUpForATenth) {
  EXPECT_DOUBLE_EQ(scheduled_rate(with("constant"), 0, 40), 0.5);  // four steps of warm-up
  EXPECT_DOUBLE_EQ(scheduled_rate(with("constant"), 4, 40), 2.0);
}

TEST(ScheduledRate, RefusesAnUnknownName) {
  EXPECT_THROW(scheduled_rate(with("sawtooth"), 50, 100), ConfigError);
}

}  // namespace
}  // namespace dovetail
