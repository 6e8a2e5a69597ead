// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/statistics.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace dovetail {
namespace {

using Json = nlohmann::json;

Scores table_of(const Json& rows) {
  Scores scores;
  for (const Json& row : rows) {
    scores.seeds.push_back(std::to_string(scores.seeds.size() + 1));
    scores.rows.push_back(row.get<std::vector<float>>());
  }
  return scores;
}

Json golden() {
  return Json::parse(read_file(DOVETAIL_SOURCE_DIR "/tests/golden/statistics.json"));
}

TEST(Statistics, QuantilesAreNumpys) {
  const Json file = golden();
  auto values = file.at("values").get<std::vector<double>>();
  std::sort(values.begin(), values.end());

  for (const Json& expected : file.at("quantiles")) {
    EXPECT_NEAR(quantile(values, expected.at("q")), expected.at("value").get<double>(), 1e-12);
  }
}

// tests/oracles/statistics_oracle.py: scipy.stats.bootstrap, and numpy for several seeds.
TEST(Statistics, IntervalsAgreeWithScipyAndNumpy) {
  const BootstrapOptions options{.resamples = 20'000};

  for (const Json& expected : golden().at("cases")) {
    const Scores a = table_of(expected.at("a"));
    const Bootstrap bootstrap(a.num_items(), options);
    const Estimate found = expected.at("b").is_null()
                               ? bootstrap.mean(a)
                               : bootstrap.difference(a, table_of(expected.at("b")));

    const std::string name = expected.at("name");
    const double tolerance = expected.at("tolerance");
    EXPECT_NEAR(found.mean, expected.at("mean").get<double>(), 1e-6) << name;
    EXPECT_NEAR(found.low, expected.at("low").get<double>(), tolerance) << name;
    EXPECT_NEAR(found.high, expected.at("high").get<double>(), tolerance) << name;
    EXPECT_EQ(found.items, a.num_items()) << name;
    EXPECT_EQ(found.seeds, a.rows.size()) << name;
  }
}

TEST(Statistics, AConstantDifferenceHasNoSpreadHoweverTheScoresVary) {
  const Scores a{{"1"}, {{0.1F, 0.5F, 0.9F, 0.3F}}};
  const Scores b{{"1"}, {{0.35F, 0.75F, 1.15F, 0.55F}}};

  const Estimate found = Bootstrap(4).difference(a, b);

  EXPECT_NEAR(found.mean, -0.25, 1e-7);
  EXPECT_NEAR(found.low, -0.25, 1e-7);
  EXPECT_NEAR(found.high, -0.25, 1e-7);
}

TEST(Statistics, SeedsArePairedByTheirName) {
  const Scores a{{"1", "2", "3"}, {{1, 1}, {0, 0}, {1, 1}}};
  const Scores b{{"3", "2"}, {{0.5F, 0.5F}, {0, 0}}};

  const auto [left, right] = on_common_seeds(a, b);

  EXPECT_EQ(left.seeds, (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(right.seeds, left.seeds);
  EXPECT_EQ(right.rows[1][0], 0.5F);
  EXPECT_NEAR(Bootstrap(2).difference(a, b).mean, 0.25, 1e-12);  // (0 - 0 + 1 - 0.5) / 2
}

// Seed 2 is far better than seed 1 for both: drawing the same seeds for both takes that out again.
TEST(Statistics, WhatASeedDoesToBothSidesIsNoSpreadOfTheirDifference) {
  const Scores a{{"1", "2"}, {std::vector<float>(10, 0.2F), std::vector<float>(10, 0.8F)}};
  const Scores b{{"1", "2"}, {std::vector<float>(10, 0.1F), std::vector<float>(10, 0.7F)}};

  const Estimate found = Bootstrap(10).difference(a, b);

  EXPECT_NEAR(found.low, 0.1, 1e-6);
  EXPECT_NEAR(found.high, 0.1, 1e-6);
}

TEST(Statistics, StrangersSeedsAreComparedWhole) {
  const Scores tuned{{"1", "2"}, {{1, 0, 1, 1}, {1, 1, 0, 1}}};
  const Scores baseline{{""}, {{0.5F, 0.5F, 0.5F, 0.5F}}};

  const Estimate found = Bootstrap(4).difference(tuned, baseline);

  EXPECT_NEAR(found.mean, 0.25, 1e-12);
  EXPECT_EQ(found.seeds, 2);
}

TEST(Statistics, TheSpreadBetweenSeedsWidensTheInterval) {
  const Scores same{{"1", "2"}, {std::vector<float>(100, 0.5F), std::vector<float>(100, 0.5F)}};
  const Scores apart{{"1", "2"}, {std::vector<float>(100, 0.4F), std::vector<float>(100, 0.6F)}};
  const Bootstrap bootstrap(100);

  EXPECT_DOUBLE_EQ(bootstrap.mean(same).low, bootstrap.mean(same).high);
  EXPECT_NEAR(bootstrap.mean(apart).low, 0.4,
              1e-6);  // a quarter of the resamples draw seed 1 twice
  EXPECT_NEAR(bootstrap.mean(apart).high, 0.6, 1e-6);
}

TEST(Statistics, TheSameSeedGivesTheSameInterval) {
  const Scores scores{{"1"}, {{0.1F, 0.4F, 0.2F, 0.9F, 0.6F}}};

  const Estimate once = Bootstrap(5).mean(scores), again = Bootstrap(5).mean(scores);

  EXPECT_EQ(once.low, again.low);
  EXPECT_EQ(once.high, again.high);
}

}  // namespace
}  // namespace dovetail
