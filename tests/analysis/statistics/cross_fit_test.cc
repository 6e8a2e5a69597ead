// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/cross_fit.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace dovetail {
namespace {

// Of the three ways to halve four examples, one ({0,1} against {2,3}) chooses A where it scores 1
// and then scores it where it scores 0: 0. The other two are ties, which fall to A: 0.5. Mean: 1/3,
// though both contenders' plain mean is 1/2.
TEST(CrossFit, ScoresWhatWasChosenOnTheOtherHalf) {
  const Scores a{{"1"}, {{1, 1, 0, 0}}}, b{{"1"}, {{0, 0, 1, 1}}};

  const CrossFitted fitted = cross_fit({a, b}, {.splits = 4000});

  EXPECT_NEAR(fitted.scores.mean(), 1.0 / 3, 0.02);
  EXPECT_EQ(fitted.halves, 8000);
  EXPECT_EQ(fitted.wins[0] + fitted.wins[1], 8000);
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
