// SPDX-License-Identifier: Apache-2.0
#include "training/bucketing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace dovetail {
namespace {

using Batches = std::vector<std::vector<int64_t>>;

std::vector<RowLength> random_lengths(int64_t count, uint64_t seed) {
  Rng draw(seed);
  std::vector<RowLength> lengths;
  for (int64_t i = 0; i < count; ++i) {
    lengths.push_back(
        {static_cast<int32_t>(5 + draw.below(20)), static_cast<int32_t>(2 + draw.below(20))});
  }
  return lengths;
}

int64_t computed(const std::vector<int64_t>& batch, const std::vector<RowLength>& lengths) {
  int32_t source = 0, target = 0;
  for (const int64_t row : batch) {
    source = std::max(source, lengths[row].source);
    target = std::max(target, lengths[row].target);
  }
  return static_cast<int64_t>(batch.size()) * (source + target);
}

double padding(const Batches& batches, const std::vector<RowLength>& lengths) {
  int64_t all = 0, used = 0;
  for (const auto& batch : batches) all += computed(batch, lengths);
  for (const RowLength& length : lengths) used += length.source + length.target;
  return 1 - static_cast<double>(used) / static_cast<double>(all);
}

void expect_every_row_once(const Batches& batches, size_t count) {
  std::vector<int64_t> seen;
  for (const auto& batch : batches) seen.insert(seen.end(), batch.begin(), batch.end());
  std::sort(seen.begin(), seen.end());
  ASSERT_EQ(seen.size(), count);
  for (size_t i = 0; i < count; ++i) ASSERT_EQ(seen[i], static_cast<int64_t>(i));
}

TEST(Bucketing, BatchesOfRowsAreFullButForOne) {
  for (const int64_t count : {1, 15, 16, 17, 1000, 4001}) {
    const auto lengths = random_lengths(count, 11);
    Rng rng(3);
    const Batches batches = bucket_by_length(lengths, {.rows = 16}, rng);
    expect_every_row_once(batches, lengths.size());
    ASSERT_EQ(static_cast<int64_t>(batches.size()), (count + 15) / 16);
    EXPECT_GE(std::count_if(batches.begin(), batches.end(),
                            [](const auto& batch) { return batch.size() == 16; }),
              count / 16);
  }
}

TEST(Bucketing, BatchesOfTokensStayWithinTheBudget) {
  auto lengths = random_lengths(3000, 12);
  lengths[7] = {500, 400};
  lengths[8] = {501, 400};
  Rng rng(3);

  const Batches batches = bucket_by_length(lengths, {.rows = 1, .tokens = 512}, rng);

  expect_every_row_once(batches, lengths.size());
  int64_t too_long = 0;
  for (const auto& batch : batches) {
    if (computed(batch, lengths) <= 512) continue;
    EXPECT_EQ(batch.size(), 1u);  // a row longer than the budget is a batch alone
    ++too_long;
  }
  EXPECT_EQ(too_long, 2);
  // 3,000 rows of 26 tokens on average: 152 full batches and the two
  EXPECT_LT(batches.size(), 185u);
}

// Three kinds of rows, two of each: only one way to make three batches without padding.
TEST(Bucketing, FindsTheKinds) {
  const std::vector<RowLength> lengths = {{2, 2}, {2, 10}, {10, 2}, {10, 2}, {2, 2}, {2, 10}};
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(seed);
    const Batches batches = bucket_by_length(lengths, {.rows = 2}, rng);
    std::set<std::set<int64_t>> kinds;
    for (const auto& batch : batches) kinds.emplace(batch.begin(), batch.end());
    EXPECT_EQ(kinds, (std::set<std::set<int64_t>>{{0, 4}, {1, 5}, {2, 3}})) << seed;
  }
}

TEST(Bucketing, LeavesLittlePadding) {
  const auto lengths = random_lengths(20000, 13);
  Rng rng(3);
  // random batches of 16 pad 37 %, and 400 kinds of rows are 50 rows each
  EXPECT_LT(padding(bucket_by_length(lengths, {.rows = 16}, rng), lengths), 0.02);
  EXPECT_LT(padding(bucket_by_length(lengths, {.rows = 64}, rng), lengths), 0.05);
  EXPECT_LT(padding(bucket_by_length(lengths, {.tokens = 512}, rng), lengths), 0.02);
}

// Where the four quarters of the rows by length stand in an epoch, on average over many, and how
// often the longest row is in the first batch.
void expect_no_order(const BatchLimit& limit) {
  const uint64_t seed = 20240917;
  SCOPED_TRACE("seed " + std::to_string(seed));
  const int64_t rows = 1000, epochs = 400;
  const auto lengths = random_lengths(rows, seed);
  std::vector<int64_t> by_length(rows);
  for (int64_t i = 0; i < rows; ++i) by_length[i] = i;
  std::stable_sort(by_length.begin(), by_length.end(), [&](int64_t a, int64_t b) {
    return lengths[a].source + lengths[a].target < lengths[b].source + lengths[b].target;
  });
  std::vector<int64_t> quarter(rows);
  for (int64_t i = 0; i < rows; ++i) quarter[by_length[i]] = i * 4 / rows;

  Rng rng(seed);
  double sums[4] = {};
  int64_t first = 0, num_batches = 0;
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    const Batches batches = bucket_by_length(lengths, limit, rng);
    num_batches += static_cast<int64_t>(batches.size());
    for (size_t at = 0; at < batches.size(); ++at) {
      for (const int64_t row : batches[at]) {
        sums[quarter[row]] += (static_cast<double>(at) + 0.5) / static_cast<double>(batches.size());
      }
    }
    first += std::count(batches[0].begin(), batches[0].end(), by_length.back());
  }
  // a quarter is some 16 batches: its mean position spreads by 0.29 / sqrt(16 x 400) = 0.004
  for (const double sum : sums)
    EXPECT_NEAR(sum / static_cast<double>(rows / 4 * epochs), 0.5, 0.02);
  const double expected = static_cast<double>(epochs * epochs) / static_cast<double>(num_batches);
  EXPECT_NEAR(static_cast<double>(first), expected, 5 * std::sqrt(expected));
}

TEST(Bucketing, NoLengthComesEarlierOrLater) {
  expect_no_order({.rows = 16});
  expect_no_order({.tokens = 400});
}

// How many of the pairs of rows that meet in one epoch's batches meet in the next one's again.
double share_of_pairs_that_stay(const std::vector<RowLength>& lengths, const BatchLimit& limit) {
  Rng rng(17);
  std::vector<int64_t> batch_of(lengths.size());
  const Batches before = bucket_by_length(lengths, limit, rng),
                after = bucket_by_length(lengths, limit, rng);
  for (size_t at = 0; at < after.size(); ++at) {
    for (const int64_t row : after[at]) batch_of[row] = static_cast<int64_t>(at);
  }
  int64_t pairs = 0, stay = 0;
  for (const auto& batch : before) {
    for (const int64_t a : batch) {
      for (const int64_t b : batch) {
        pairs += a < b;
        stay += a < b && batch_of[a] == batch_of[b];
      }
    }
  }
  return static_cast<double>(stay) / static_cast<double>(pairs);
}

TEST(Bucketing, RowsMeetOthersInEveryEpoch) {
  EXPECT_LT(share_of_pairs_that_stay(random_lengths(20000, 1), {.rows = 16}), 0.35);
  EXPECT_LT(share_of_pairs_that_stay(random_lengths(20000, 1), {.tokens = 416}), 0.35);
  // few rows, of which hardly two are alike
  EXPECT_LT(share_of_pairs_that_stay(random_lengths(400, 1), {.rows = 16}), 0.6);
}

TEST(Bucketing, DependsOnTheSeedAlone) {
  const auto lengths = random_lengths(64, 1);
  for (const BatchLimit limit : {BatchLimit{.rows = 8}, BatchLimit{.tokens = 200}}) {
    Rng a(1), b(1), c(2);
    const Batches first = bucket_by_length(lengths, limit, a);
    EXPECT_EQ(first, bucket_by_length(lengths, limit, b));
    EXPECT_NE(first, bucket_by_length(lengths, limit, c));
  }
}

// Lengths that double from row to row are best cut off one by one, which must not take for ever.
TEST(Bucketing, LongTailsEnd) {
  std::vector<RowLength> lengths;
  for (int32_t i = 0; i < 20000; ++i) {
    lengths.push_back({static_cast<int32_t>(std::pow(2.0, 29.0 * i / 20000)), 1});
  }
  Rng rng(1);
  expect_every_row_once(bucket_by_length(lengths, {.rows = 1}, rng), lengths.size());
  expect_every_row_once(bucket_by_length(lengths, {.tokens = 1000}, rng), lengths.size());
}

}  // namespace
}  // namespace dovetail
