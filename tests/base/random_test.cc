// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

namespace dovetail {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// From the authors' C code (prng.di.unimi.it): splitmix64.c seeded with 0 fills the four words of
// state, xoshiro256plusplus.c draws from them. The same numbers as rand_xoshiro's
// Xoshiro256PlusPlus::seed_from_u64(0) in its own tests.
TEST(Rng, DrawsWhatTheReferenceDraws) {
  Rng rng(0);

  const std::array<uint64_t, 4> draws{rng.next(), rng.next(), rng.next(), rng.next()};

  EXPECT_THAT(draws, ElementsAre(5987356902031041503ULL, 7051070477665621255ULL,
                                 6633766593972829180ULL, 211316841551650330ULL));
}

TEST(Rng, SameSeedSameDraws) {
  Rng a(7), b(7), c(8);

  const std::vector<int64_t> order = a.permutation(100);

  EXPECT_EQ(order, b.permutation(100));
  EXPECT_NE(order, c.permutation(100));
}

TEST(Rng, PermutationHoldsEveryIndexOnce) {
  std::vector<int64_t> order = Rng(3).permutation(1000);

  std::sort(order.begin(), order.end());

  std::vector<int64_t> expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(order, expected);
  EXPECT_TRUE(Rng(3).permutation(0).empty());
}

// All six orders of three items are equally likely: of 60,000 draws each gets 10,000 give or take
// 5 standard deviations, 5 * sqrt(60000 * 1/6 * 5/6) = 456.
TEST(Rng, ShuffleIsFair) {
  constexpr uint64_t kSeed = 11;
  Rng rng(kSeed);
  std::map<std::vector<int>, int> counts;

  for (int i = 0; i < 60000; ++i) {
    std::vector<int> items{0, 1, 2};
    rng.shuffle(std::span(items));
    ++counts[items];
  }

  ASSERT_EQ(counts.size(), 6u) << "seed " << kSeed;
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 10000, 456) << "seed " << kSeed;
}

// 6 does not divide 2^64; without rejection small numbers would be likelier, if unmeasurably so.
TEST(Rng, BelowIsUniformAndInRange) {
  constexpr uint64_t kSeed = 5;
  Rng rng(kSeed);
  std::array<int, 6> counts{};

  for (int i = 0; i < 60000; ++i) ++counts.at(rng.below(6));

  for (const int count : counts) EXPECT_NEAR(count, 10000, 456) << "seed " << kSeed;
  EXPECT_EQ(rng.below(1), 0u);
  EXPECT_THROW(rng.below(0), std::logic_error);
}

TEST(Rng, UniformHasTheRightMeanAndRange) {
  constexpr uint64_t kSeed = 13;
  Rng rng(kSeed);
  double sum = 0;

  for (int i = 0; i < 100000; ++i) {
    const double draw = rng.uniform();
    ASSERT_GE(draw, 0.0);
    ASSERT_LT(draw, 1.0);
    sum += draw;
  }

  // 5 standard deviations of the mean: 5 * sqrt(1/12 / 100000)
  EXPECT_NEAR(sum / 100000, 0.5, 0.0046) << "seed " << kSeed;
}

TEST(DeriveSeed, PurposesAndSeedsAreIndependent) {
  const std::set<uint64_t> seeds{derive_seed(1, "dropout"), derive_seed(1, "order"),
                                 derive_seed(2, "dropout"), derive_seed(2, "order")};

  EXPECT_EQ(seeds.size(), 4u);
  EXPECT_EQ(derive_seed(1, "dropout"), derive_seed(1, "dropout"));
}

}  // namespace
}  // namespace dovetail
