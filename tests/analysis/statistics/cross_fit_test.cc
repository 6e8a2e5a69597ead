// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cross_fit.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace dovetail {
namespace {

// Of the three ways to halve four examples, one ({0,1} against {2,3}) chooses A where it scores 1
// and scores it where it scores 0: a loss of 1, and B the other way round. The other two are ties,
// which fall to A, without a loss. Mean: 1/3. A mean over half the examples has twice the noise
// (variance) of one over all, so the optimism is 1/3 / sqrt(2) = 0.236.
TEST(CrossFit, TakesOffWhatTheWinnersOfHalvesLose) {
  const Scores a{{"1"}, {{1, 1, 0, 0}}}, b{{"1"}, {{0, 0, 1, 1}}};

  const CrossFitted fitted = cross_fit({a, b}, {.splits = 4000});

  EXPECT_EQ(fitted.winner, 0);
  EXPECT_NEAR(fitted.optimism, 0.236, 0.015);
  EXPECT_NEAR(fitted.scores.mean(), 0.5 - 0.236, 0.015);
  EXPECT_FALSE(fitted.over_runs);
  EXPECT_EQ(fitted.halves, 8000);
  EXPECT_EQ(fitted.wins[0] + fitted.wins[1], 8000);
}

// A is best on run 1 (0.8) and scores 0.4 on run 2; B is best on run 2 (0.6) and scores 0.4 on run
// 1: losses of 0.4 and 0.2. Two runs have half the noise of one: 0.3 / sqrt(2).
TEST(CrossFit, CutsTheRunsToo) {
  const auto flat = [](float score) { return std::vector<float>(4, score); };
  const Scores a{{"1", "2"}, {flat(0.8F), flat(0.4F)}}, b{{"1", "2"}, {flat(0.4F), flat(0.6F)}};

  const CrossFitted fitted = cross_fit({a, b});

  EXPECT_EQ(fitted.winner, 0);
  EXPECT_TRUE(fitted.over_runs);
  EXPECT_NEAR(fitted.optimism, 0.2121, 1e-4);
  EXPECT_NEAR(fitted.scores.mean(), 0.6 - 0.2121, 1e-4);
  EXPECT_NEAR(fitted.scores.rows[0][0], 0.8 - 0.2121, 1e-4);  // its own scores, all lowered
}

TEST(CrossFit, TheBestOfManyCoinsIsStillACoin) {
  const uint64_t seed = 11;
  SCOPED_TRACE(seed);
  Rng rng(seed);
  std::vector<Scores> coins(40);
  double luckiest = 0;
  for (Scores& coin : coins) {
    coin = {{"1"}, {{}}};
    for (int i = 0; i < 1000; ++i) coin.rows[0].push_back(rng.uniform() < 0.5 ? 0.0F : 1.0F);
    luckiest = std::max(luckiest, coin.mean());
  }

  const double honest = cross_fit(coins).scores.mean();

  EXPECT_GT(luckiest, 0.525);  // two standard errors above a half, by luck alone
  EXPECT_NEAR(honest, 0.5, 0.03);
}

TEST(CrossFit, AClearWinnerKeepsItsScores) {
  const Scores good{{"1", "2"}, {{0.9F, 0.8F, 0.7F, 1.0F}, {0.8F, 0.9F, 0.9F, 0.8F}}};
  const Scores bad{{"1", "2"}, {{0.1F, 0.2F, 0.3F, 0.1F}, {0.0F, 0.0F, 0.1F, 0.1F}}};

  const CrossFitted fitted = cross_fit({bad, good});

  EXPECT_EQ(fitted.wins[1], fitted.halves);
  for (size_t s = 0; s < 2; ++s) {
    for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(fitted.scores.rows[s][i], good.rows[s][i], 1e-6);
  }
}

TEST(CrossFit, OneContenderIsLeftAsItIs) {
  const Scores only{{"1", "2"}, {{0.2F, 0.4F}, {0.6F, 0.8F}}};

  EXPECT_EQ(cross_fit({only}).scores.rows, only.rows);
}

TEST(CrossFit, UsesTheSeedsThatAllHave) {
  const Scores a{{"1", "2"}, {{1, 1, 1, 1}, {0, 0, 0, 0}}}, b{{"2"}, {{0.5F, 0.5F, 0.5F, 0.5F}}};

  const CrossFitted fitted = cross_fit({a, b});

  EXPECT_EQ(fitted.scores.seeds, std::vector<std::string>{"2"});
  EXPECT_EQ(fitted.wins[0], 0);
}

TEST(CrossFit, TooFewExamplesAreNotSplit) {
  const CrossFitted fitted = cross_fit({Scores{{"1"}, {{0, 0}}}, Scores{{"1"}, {{1, 1}}}});

  EXPECT_EQ(fitted.halves, 0);
  EXPECT_EQ(fitted.scores.mean(), 1);
}

}  // namespace
}  // namespace dovetail
