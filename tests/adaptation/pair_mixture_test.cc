// SPDX-License-Identifier: Apache-2.0
#include "adaptation/pair_mixture.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.h"

namespace dovetail {
namespace {

std::vector<std::vector<TextPair>> files_of(const std::vector<int64_t>& sizes) {
  std::vector<std::vector<TextPair>> files;
  for (const int64_t size : sizes) {
    files.emplace_back();
    for (int64_t i = 0; i < size; ++i) {
      files.back().push_back({.source = fmt::format("{}/{}", files.size() - 1, i), .target = "t"});
    }
  }
  return files;
}

// Raffel et al. 2020, sec. 3.5.2: min(e, K) / sum, and these to the power of 1/T.
TEST(MixingRates, AreThePapers) {
  EXPECT_EQ(mixing_rates({100, 300}, {}), (std::vector<double>{0.25, 0.75}));
  EXPECT_EQ(mixing_rates({100, 300}, {.limit = 150}), (std::vector<double>{0.4, 0.6}));
  EXPECT_EQ(mixing_rates({100, 300}, {.limit = 50}), (std::vector<double>{0.5, 0.5}));
  // square roots of 100 and 900
  const std::vector<double> warm = mixing_rates({100, 900}, {.temperature = 2});
  EXPECT_DOUBLE_EQ(warm[0], 0.25);
  EXPECT_DOUBLE_EQ(warm[1], 0.75);
  const std::vector<double> hot = mixing_rates({1, 1000}, {.temperature = 1e6});
  EXPECT_NEAR(hot[0], 0.5, 1e-5);
}

TEST(MixingRates, RefuseWhatIsOutOfRange) {
  EXPECT_THROW(mixing_rates({1}, {.limit = -1}), ConfigError);
  EXPECT_THROW(mixing_rates({1}, {.temperature = 0.5}), ConfigError);
  EXPECT_THROW(mixing_rates({}, {}), ConfigError);
  EXPECT_THROW(mixing_rates({3, 0}, {}), ConfigError);
}

TEST(ShuffledIndex, IsAPermutation) {
  for (const int64_t count : {1, 2, 3, 5, 16, 17, 1000}) {
    std::set<int64_t> seen;
    for (int64_t i = 0; i < count; ++i) seen.insert(shuffled_index(i, count, 99));
    EXPECT_EQ(seen.size(), count);
    EXPECT_EQ(*seen.begin(), 0);
    EXPECT_EQ(*seen.rbegin(), count - 1);
  }
}

// Over many keys every place is taken alike: 4000 keys, 10 places, 400 each, deviation 19.
TEST(ShuffledIndex, SendsEachIndexAnywhere) {
  std::map<std::pair<int64_t, int64_t>, int> seen;
  for (uint64_t key = 0; key < 4000; ++key) {
    for (int64_t i = 0; i < 10; ++i) ++seen[{i, shuffled_index(i, 10, key * 7919 + 3)}];
  }
  EXPECT_EQ(seen.size(), 100);
  for (const auto& [pair, count] : seen) EXPECT_NEAR(count, 400, 100);
}

TEST(PairMixture, AnEpochHasEachFilesShareAndNoRowTwice) {
  const PairMixture mixture(files_of({20, 7, 100}), {.limit = 30, .seed = 4});
  EXPECT_EQ(mixture.epoch_rows(), 57);  // 20 + 7 + 30
  std::map<std::string, int> seen;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    std::map<int64_t, int> by_file;
    for (int64_t i = 0; i < 57; ++i) {
      ++by_file[mixture.place(epoch * 57 + i).file];
      ++seen[mixture.row(epoch * 57 + i).source];
    }
    EXPECT_EQ(by_file, (std::map<int64_t, int>{{0, 20}, {1, 7}, {2, 30}}));
  }
  // three epochs: the small files three times each, of the large one 90 rows once
  for (const auto& [source, count] : seen) EXPECT_EQ(count, source[0] == '2' ? 1 : 3) << source;
  EXPECT_EQ(seen.size(), 20 + 7 + 90);
}

TEST(PairMixture, IsDeterministicInSeedAndNumber) {
  const PairMixture one(files_of({50, 70}), {.seed = 1}), again(files_of({50, 70}), {.seed = 1}),
      other(files_of({50, 70}), {.seed = 2});
  int same = 0, repeated = 0;
  for (int64_t i = 119; i >= 0; --i) {
    EXPECT_EQ(one.place(i), again.place(i));
    same += one.place(i) == other.place(i);
    repeated += one.place(i) == one.place(i + 120);
  }
  EXPECT_LT(same, 12);
  EXPECT_LT(repeated, 12);
}

// 1 and 9 rows at temperature 2: rates 1/4 and 3/4 of 10 rows, so 3 and 7 or 2 and 8.
TEST(PairMixture, SmallFilesComeAgainWithinAnEpochWhereTheirRateIsHigh) {
  const PairMixture mixture(files_of({1, 9}), {.temperature = 2});
  int small = 0;
  for (int64_t i = 0; i < 10; ++i) small += mixture.place(i).file == 0;
  EXPECT_TRUE(small == 2 || small == 3) << small;
}

}  // namespace
}  // namespace dovetail
