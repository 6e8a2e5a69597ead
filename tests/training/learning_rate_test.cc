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

// The published fifth, and half of all steps: nothing is cut.
TEST(ScheduledRate, WarmsUpForAsManySteps) {
  EXPECT_DOUBLE_EQ(scheduled_rate(with("constant"), 0, 50), 0.2);
  EXPECT_DOUBLE_EQ(scheduled_rate(with("constant"), 4, 50), 1.0);
  EXPECT_DOUBLE_EQ(scheduled_rate(with("constant"), 4, 20), 1.0);
  EXPECT_DOUBLE_EQ(scheduled_rate(with("linear"), 15, 20), 1.0);  // half of the ten that fall
}

TEST(ScheduledRate, AShareOfTheStepsIsRoundedUp) {
  OptimizerSettings settings = with("constant");
  settings.warmup = 0;
  settings.warmup_ratio = 0.2;
  EXPECT_EQ(warmup_steps(settings, 1461 * 5), 1461);  // of MTO's 7,305 steps
  EXPECT_EQ(warmup_steps(settings, 28), 6);           // ceil(5.6)
  EXPECT_DOUBLE_EQ(scheduled_rate(settings, 2, 28), 1.0);
}

TEST(ScheduledRate, RefusesAWarmUpThatLeavesNoStep) {
  EXPECT_NO_THROW(scheduled_rate(with("linear"), 0, 11));
  for (const int64_t total : {10, 9, 1})
    EXPECT_THROW(scheduled_rate(with("linear"), 0, total), ConfigError) << total;
}

TEST(EffectiveSchedule, SaysWhatRan) {
  const Json schedule = effective_schedule(with("cosine"), 50);
  EXPECT_EQ(schedule.at("steps"), 50);
  EXPECT_EQ(schedule.at("warmup_steps"), 10);
  EXPECT_EQ(schedule.at("schedule"), "cosine");
  EXPECT_EQ(schedule.at("learning_rate"), 2.0);
  OptimizerSettings own = with("constant");
  own.parameters = {{"relative_step", true}};
  EXPECT_FALSE(effective_schedule(own, 50).contains("learning_rate"));
}

TEST(ScheduledRate, RefusesAnUnknownName) {
  EXPECT_THROW(scheduled_rate(with("sawtooth"), 50, 100), ConfigError);
}

}  // namespace
}  // namespace dovetail
